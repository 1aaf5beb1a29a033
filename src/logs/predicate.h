#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace opentrail::logs {

// What a question asks of one field, as far as it helps to read less. A set of predicates is a conjunction, and each is
// a *hint*: a file, record or row that fails one may be left out; one that passes is still tested by the engine.
enum class PredicateKind : uint8_t {
  kEquals,    // the field's text equals one of `values`
  kContains,  // the field's text contains values[0] (from LIKE '%x%', LIKE 'x%', strpos …)
  kAtLeast,   // the field's text >= values[0], byte by byte (eventTime ranges; inclusive)
  kAtMost,    // the field's text <= values[0], byte by byte
  kIsNotNull,
  kMentions,  // the field's JSON text, escapes undone, contains one of `values` (from json_extract_scalar(…) = 'x')
};

// How values of a partition key compare; all else compares byte by byte.
enum class ValueType : uint8_t { kText, kNumber, kDate };

struct Predicate {
  std::string field;  // a field's name as in ScanRequest::fields ("eventname", "useridentity.arn")
  PredicateKind kind = PredicateKind::kEquals;
  std::vector<std::string> values;
  ValueType type = ValueType::kText;
  bool exclusive = false;  // of kAtLeast and kAtMost on a partition key: the value itself does not pass
};

// Whether a JSON text may contain one of `values` once its escapes are undone.
[[nodiscard]] bool MayMention(std::string_view json, std::span<const std::string> values);

// Whether a field's text passes. NULL (data() == nullptr) passes nothing.
[[nodiscard]] bool PassesPredicate(std::string_view value, const Predicate& predicate);

}  // namespace opentrail::logs
