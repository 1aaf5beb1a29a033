#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/functions/scalar.h"
#include "engine/functions/string_families.h"

// split_to_map and split_to_multimap: the keys and the values each as a list, of which the engine's MAP makes the map.
namespace opentrail::engine {
namespace {

using Texts = std::vector<std::string_view>;
using Entries = std::vector<std::pair<std::string_view, std::string_view>>;

// Trino quotes a bad entry in the message of split_to_map, and not in that of split_to_multimap.
Entries EntriesOf(std::string_view text, std::string_view entry_delimiter, std::string_view key_value_delimiter,
                  std::string_view quote) {
  if (entry_delimiter.empty()) ThrowInvalidArgument("entryDelimiter is empty");
  if (key_value_delimiter.empty()) ThrowInvalidArgument("keyValueDelimiter is empty");
  if (entry_delimiter == key_value_delimiter) {
    ThrowInvalidArgument("entryDelimiter and keyValueDelimiter must not be the same");
  }
  Entries entries;
  while (!text.empty()) {
    const size_t end = std::min(text.find(entry_delimiter), text.size());
    const std::string_view entry = text.substr(0, end);
    const size_t at = entry.find(key_value_delimiter);
    const size_t value = at + key_value_delimiter.size();
    if (at == std::string_view::npos || entry.find(key_value_delimiter, value) != std::string_view::npos) {
      ThrowInvalidArgument("Key-value delimiter must appear exactly once in each entry. Bad input: {0}{1}{0}", quote,
                           entry);
    }
    entries.emplace_back(entry.substr(0, at), entry.substr(value));
    text.remove_prefix(std::min(end + entry_delimiter.size(), text.size()));
  }
  return entries;
}

Texts SortedKeys(const Entries& entries) {
  Texts keys;
  for (const auto& [key, value] : entries) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

Texts Keys(std::string_view text, std::string_view entry_delimiter, std::string_view key_value_delimiter) {
  const Entries entries = EntriesOf(text, entry_delimiter, key_value_delimiter, "'");
  const Texts sorted = SortedKeys(entries);
  if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end()) {
    ThrowInvalidArgument("Duplicate keys ({}) are not allowed", *twice);
  }
  Texts keys;
  for (const auto& [key, value] : entries) keys.push_back(key);
  return keys;
}

Texts Values(std::string_view text, std::string_view entry_delimiter, std::string_view key_value_delimiter) {
  Texts values;
  for (const auto& [key, value] : EntriesOf(text, entry_delimiter, key_value_delimiter, "'")) values.push_back(value);
  return values;
}

Texts MultimapKeys(std::string_view text, std::string_view entry_delimiter, std::string_view key_value_delimiter) {
  Texts keys = SortedKeys(EntriesOf(text, entry_delimiter, key_value_delimiter, ""));
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

// In the order of MultimapKeys; each key's values as they stood.
std::vector<Texts> MultimapValues(std::string_view text, std::string_view entry_delimiter,
                                  std::string_view key_value_delimiter) {
  Entries entries = EntriesOf(text, entry_delimiter, key_value_delimiter, "");
  // Equal keys keep their order: both views lie in one text, so the value's place tells it.
  std::ranges::sort(entries, {}, [](const auto& entry) { return std::pair(entry.first, entry.second.data()); });
  std::vector<Texts> values;
  for (size_t i = 0; i < entries.size(); i++) {
    if (i == 0 || entries[i].first != entries[i - 1].first) values.emplace_back();
    values.back().push_back(entries[i].second);
  }
  return values;
}

}  // namespace

void RegisterSplitToMapFunctions(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_split_to_map_keys", Keys);
  RegisterScalar(database, "trino_split_to_map_values", Values);
  RegisterScalar(database, "trino_split_to_multimap_keys", MultimapKeys);
  RegisterScalar(database, "trino_split_to_multimap_values", MultimapValues);
}

}  // namespace opentrail::engine
