#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "iam/pattern.h"

namespace opentrail::iam {

enum class ConditionKind : uint8_t {
  kStringEquals,
  kStringEqualsIgnoreCase,
  kStringLike,
  kNumericEquals,
  kNumericLess,
  kNumericLessEquals,
  kNumericGreater,
  kNumericGreaterEquals,
  kDateEquals,
  kDateLess,
  kDateLessEquals,
  kDateGreater,
  kDateGreaterEquals,
  kBool,
  kBinaryEquals,
  kIpAddress,
  kArnLike,
  kNull,
};

enum class Quantifier : uint8_t { kNone, kForAllValues, kForAnyValue };

// What stands before the key in a Condition: "ForAnyValue:StringNotLikeIfExists".
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
struct ConditionOperator {
  ConditionKind kind = ConditionKind::kStringEquals;
  bool negated = false;
  bool if_exists = false;
  Quantifier quantifier = Quantifier::kNone;

  // nullopt: there is no such operator. Names are compared without case, as AWS does.
  static std::optional<ConditionOperator> Parse(std::string_view name);
};

// One operator on one key, with the values that the policy gives. Thread-compatible.
struct Condition {
  ConditionOperator op;
  std::string key;
  std::vector<Pattern> values;

  [[nodiscard]] bool Holds(const ContextKeys& keys) const;
};

}  // namespace opentrail::iam
