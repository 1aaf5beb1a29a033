#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace opentrail::catalog {

// What the values of a partition key are, and so how they compare: byte by byte, or as what they name.
enum class KeyType : uint8_t { kText, kNumber, kDate };

// The value of a partition whose key is NULL, as Hive names its folder. It passes no condition.
inline constexpr std::string_view kDefaultPartition = "__HIVE_DEFAULT_PARTITION__";

// One condition of a statement on a partition key, as far as it is known before anything is read.
struct KeyFilter {
  std::string key;
  std::optional<std::vector<std::string>> values;  // it is one of these
  std::optional<std::string> at_least;
  std::optional<std::string> at_most;
  KeyType type = KeyType::kText;
  bool exclusive = false;  // the bound itself does not pass
};

[[nodiscard]] bool Passes(const KeyFilter& filter, std::string_view value);
// Whether the value passes all conditions on the key.
[[nodiscard]] bool PassesAll(std::span<const KeyFilter> filters, std::string_view key, std::string_view value);

struct Partition {
  std::vector<std::string> values;  // in the order of the keys
  std::string location;             // "s3://bucket/prefix"
};

using TableProperties = std::map<std::string, std::string, std::less<>>;

// Partitions that a table's properties describe instead of the catalog holding them: the keys' ranges, and where their
// values lie. A value type; thread-compatible.
// https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
class Projection {
 public:
  using Seconds = std::chrono::sys_seconds;
  static constexpr size_t kMaxPartitions = 1'000'000;  // of one statement

  // Whether the table's partitions are projected at all.
  [[nodiscard]] static bool IsEnabled(const TableProperties& properties);
  // `keys` are the table's partition keys, `location` its own. The error names the property that is missing or wrong.
  [[nodiscard]] static Result<Projection> Parse(std::span<const std::string> keys, const TableProperties& properties,
                                                std::string_view location);

  // All partitions that pass the filters; NOW is `now`, UTC. Errors: an injected key without a value, too many.
  [[nodiscard]] Result<std::vector<Partition>> Partitions(std::span<const KeyFilter> filters, Seconds now) const;

 private:
  struct Enumeration {
    std::vector<std::string> values;
  };
  struct IntegerRange {
    int64_t first = 0, last = 0, interval = 1;
    int digits = 0;  // padded with zeros to so many
  };
  struct DateRange {
    std::string first, last;  // in `format`, or NOW+1DAYS
    std::string format;       // Java's DateTimeFormatter
    int64_t interval = 1;
    std::string unit;  // "DAYS"
  };
  struct Injected {};
  struct Key {
    std::string name;
    std::variant<Enumeration, IntegerRange, DateRange, Injected> range;
  };

  [[nodiscard]] static Result<Key> ParseKey(const std::string& name, const TableProperties& properties);
  [[nodiscard]] static Result<std::vector<std::string>> Values(const Key& key, std::span<const KeyFilter> filters,
                                                               Seconds now);
  [[nodiscard]] std::string LocationOf(const std::vector<std::string>& values) const;

  std::vector<Key> keys_;
  std::string template_;  // with ${key} for each key's value
};

}  // namespace opentrail::catalog
