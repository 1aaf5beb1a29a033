#include "formats/partition_filters.h"

#include <fmt/format.h>

#include "codec/text.h"

namespace opentrail::formats {
namespace {

using catalog::KeyFilter;
using catalog::KeyType;
using logs::PredicateKind;

KeyType TypeOf(logs::ValueType type) {
  switch (type) {
    case logs::ValueType::kText: return KeyType::kText;
    case logs::ValueType::kNumber: return KeyType::kNumber;
    case logs::ValueType::kDate: return KeyType::kDate;
  }
  return KeyType::kText;
}

std::string EscapeName(std::string_view name) {
  constexpr std::string_view kEscaped = "\"#%'*/:=?\\\x7f{[]^";
  std::string escaped;
  for (const char c : name) {
    const bool is_escaped = static_cast<uint8_t>(c) < 0x20 || kEscaped.find(c) != std::string_view::npos;
    escaped += is_escaped ? fmt::format("%{:02X}", static_cast<uint8_t>(c)) : std::string(1, c);
  }
  return escaped;
}

}  // namespace

std::vector<KeyFilter> KeyFiltersOf(std::span<const logs::Predicate> predicates) {
  std::vector<KeyFilter> filters;
  for (const logs::Predicate& predicate : predicates) {
    if (!predicate.field.starts_with(kPartitionField)) continue;
    KeyFilter filter{.key = predicate.field.substr(kPartitionField.size()),
                     .type = TypeOf(predicate.type),
                     .exclusive = predicate.exclusive};
    switch (predicate.kind) {
      case PredicateKind::kEquals: filter.values = predicate.values; break;
      case PredicateKind::kAtLeast: filter.at_least = predicate.values[0]; break;
      case PredicateKind::kAtMost: filter.at_most = predicate.values[0]; break;
      case PredicateKind::kContains:
      case PredicateKind::kIsNotNull:
      case PredicateKind::kMentions: continue;
    }
    filters.push_back(std::move(filter));
  }
  return filters;
}

std::shared_ptr<const logs::PartitionFields> PartitionFieldsOf(std::span<const std::string> keys,
                                                               std::span<const std::string> values) {
  auto fields = std::make_shared<logs::PartitionFields>();
  for (size_t i = 0; i < keys.size(); ++i) {
    if (values[i] != kDefaultPartition) fields->emplace_back(std::string(kPartitionField) + keys[i], values[i]);
  }
  return fields;
}

FolderPartition ParseFolders(std::string_view below_location) {
  FolderPartition partition;
  for (;;) {
    const size_t slash = below_location.find('/');
    const std::string_view folder = below_location.substr(0, slash);
    const size_t equals = folder.find('=');
    if (slash == std::string_view::npos || equals == std::string_view::npos || equals == 0) return partition;
    std::string key(folder.substr(0, equals));
    for (char& c : key) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    }
    const std::string_view value = folder.substr(equals + 1);
    partition.keys.push_back(std::move(key));
    partition.values.push_back(codec::UriDecode(value).value_or(std::string(value)));
    below_location.remove_prefix(slash + 1);
  }
}

std::string FolderName(std::string_view key, std::string_view value) {
  return EscapeName(key) + "=" + (value.empty() ? std::string(kDefaultPartition) : EscapeName(value));
}

}  // namespace opentrail::formats
