#include "iam/condition.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h>

#include "base/clock.h"
#include "codec/text.h"
#include "codec/timestamp.h"
#include "iam/evaluation.h"
#include "iam/same_name.h"

namespace opentrail::iam {
namespace {

struct OperatorName {
  std::string_view name;
  ConditionKind kind;
  bool negated;
};

constexpr OperatorName kOperators[] = {
    {"StringEquals", ConditionKind::kStringEquals, false},
    {"StringNotEquals", ConditionKind::kStringEquals, true},
    {"StringEqualsIgnoreCase", ConditionKind::kStringEqualsIgnoreCase, false},
    {"StringNotEqualsIgnoreCase", ConditionKind::kStringEqualsIgnoreCase, true},
    {"StringLike", ConditionKind::kStringLike, false},
    {"StringNotLike", ConditionKind::kStringLike, true},
    {"NumericEquals", ConditionKind::kNumericEquals, false},
    {"NumericNotEquals", ConditionKind::kNumericEquals, true},
    {"NumericLessThan", ConditionKind::kNumericLess, false},
    {"NumericLessThanEquals", ConditionKind::kNumericLessEquals, false},
    {"NumericGreaterThan", ConditionKind::kNumericGreater, false},
    {"NumericGreaterThanEquals", ConditionKind::kNumericGreaterEquals, false},
    {"DateEquals", ConditionKind::kDateEquals, false},
    {"DateNotEquals", ConditionKind::kDateEquals, true},
    {"DateLessThan", ConditionKind::kDateLess, false},
    {"DateLessThanEquals", ConditionKind::kDateLessEquals, false},
    {"DateGreaterThan", ConditionKind::kDateGreater, false},
    {"DateGreaterThanEquals", ConditionKind::kDateGreaterEquals, false},
    {"Bool", ConditionKind::kBool, false},
    {"BinaryEquals", ConditionKind::kBinaryEquals, false},
    {"IpAddress", ConditionKind::kIpAddress, false},
    {"NotIpAddress", ConditionKind::kIpAddress, true},
    {"ArnEquals", ConditionKind::kArnLike, false},
    {"ArnLike", ConditionKind::kArnLike, false},
    {"ArnNotEquals", ConditionKind::kArnLike, true},
    {"ArnNotLike", ConditionKind::kArnLike, true},
    {"Null", ConditionKind::kNull, false},
};

std::optional<double> ParseNumber(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool IsDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// ISO 8601 to the day, the minute or the second, or epoch seconds.
std::optional<Time> ParseDate(std::string_view text) {
  constexpr size_t kDay = 10;
  constexpr size_t kMinute = 17;  // 2026-11-23T08:41Z
  constexpr size_t kMaxEpochDigits = 12;
  if (IsDigits(text) && text.size() <= kMaxEpochDigits) return codec::FromEpochSeconds(*ParseNumber(text));
  if (text.size() == kDay) return codec::ParseIso8601(std::string(text) + "T00:00:00Z");
  if (text.size() == kMinute && text.back() == 'Z') {
    return codec::ParseIso8601(std::string(text.substr(0, kMinute - 1)) + ":00Z");
  }
  return codec::ParseIso8601(text);
}

struct Address {
  int family = 0;
  std::array<uint8_t, 16> bytes{};
  [[nodiscard]] int Bits() const { return family == AF_INET ? 32 : 128; }
};

std::optional<Address> ParseAddress(std::string_view text) {
  Address address;
  address.family = text.find(':') == std::string_view::npos ? AF_INET : AF_INET6;
  if (inet_pton(address.family, std::string(text).c_str(), address.bytes.data()) != 1) return std::nullopt;
  return address;
}

bool InRange(std::string_view value, std::string_view range) {
  const size_t slash = range.find('/');
  const auto network = ParseAddress(range.substr(0, slash));
  const auto address = ParseAddress(value);
  if (!network || !address || network->family != address->family) return false;
  int bits = network->Bits();
  if (slash != std::string_view::npos) {
    const std::string_view length = range.substr(slash + 1);
    if (!IsDigits(length) || length.size() > 3) return false;
    bits = static_cast<int>(*ParseNumber(length));
    if (bits > network->Bits()) return false;
  }
  for (int bit = 0; bit < bits; bit += 8) {
    const int kept = std::min(8, bits - bit);
    const auto difference = static_cast<unsigned>(network->bytes[bit / 8] ^ address->bytes[bit / 8]);
    if (difference >> (8 - kept) != 0) return false;
  }
  return true;
}

bool SameBytes(std::string_view a, std::string_view b) {
  const auto left = codec::Base64Decode(a);
  const auto right = codec::Base64Decode(b);
  return left && right && *left == *right;
}

template <typename Parsed>
bool Compare(ConditionKind equals, ConditionKind kind, const std::optional<Parsed>& value,
             const std::optional<Parsed>& bound) {
  if (!value || !bound) return false;
  switch (static_cast<int>(kind) - static_cast<int>(equals)) {
    case 0: return *value == *bound;
    case 1: return *value < *bound;
    case 2: return *value <= *bound;
    case 3: return *value > *bound;
    default: return *value >= *bound;
  }
}

bool MatchesOne(ConditionKind kind, std::string_view value, const Pattern& pattern, const ContextKeys& keys) {
  const auto matches = [&](Wildcards wildcards, LetterCase letter_case) {
    return pattern.Matches(value, keys, wildcards, letter_case);
  };
  switch (kind) {
    case ConditionKind::kStringEquals: return matches(Wildcards::kOff, LetterCase::kMatters);
    case ConditionKind::kStringEqualsIgnoreCase: return matches(Wildcards::kOff, LetterCase::kIgnored);
    case ConditionKind::kStringLike: return matches(Wildcards::kOn, LetterCase::kMatters);
    case ConditionKind::kNumericEquals:
    case ConditionKind::kNumericLess:
    case ConditionKind::kNumericLessEquals:
    case ConditionKind::kNumericGreater:
    case ConditionKind::kNumericGreaterEquals:
      return Compare(ConditionKind::kNumericEquals, kind, ParseNumber(value), ParseNumber(pattern.text()));
    case ConditionKind::kDateEquals:
    case ConditionKind::kDateLess:
    case ConditionKind::kDateLessEquals:
    case ConditionKind::kDateGreater:
    case ConditionKind::kDateGreaterEquals:
      return Compare(ConditionKind::kDateEquals, kind, ParseDate(value), ParseDate(pattern.text()));
    case ConditionKind::kBool: return SameName(value, pattern.text());
    case ConditionKind::kBinaryEquals: return SameBytes(value, pattern.text());
    case ConditionKind::kIpAddress: return InRange(value, pattern.text());
    case ConditionKind::kArnLike: return pattern.MatchesArn(value, keys);
    case ConditionKind::kNull: break;
  }
  return false;
}

bool TakeSuffix(std::string_view& text, std::string_view suffix) {
  if (text.size() <= suffix.size() || !SameName(text.substr(text.size() - suffix.size()), suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!SameName(text.substr(0, prefix.size()), prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::optional<ConditionOperator> ConditionOperator::Parse(std::string_view name) {
  ConditionOperator op;
  if (TakePrefix(name, "ForAllValues:")) {
    op.quantifier = Quantifier::kForAllValues;
  } else if (TakePrefix(name, "ForAnyValue:")) {
    op.quantifier = Quantifier::kForAnyValue;
  }
  op.if_exists = TakeSuffix(name, "IfExists");
  const auto* found = std::ranges::find_if(kOperators, [&](const auto& known) { return SameName(known.name, name); });
  if (found == std::end(kOperators)) return std::nullopt;
  op.kind = found->kind;
  op.negated = found->negated;
  if (op.kind == ConditionKind::kNull && op.if_exists) return std::nullopt;
  return op;
}

bool Condition::Holds(const ContextKeys& keys) const {
  const std::vector<std::string>* present = keys.Find(key);
  if (op.kind == ConditionKind::kNull) {
    const std::string_view is_null = present == nullptr ? "true" : "false";
    return std::ranges::any_of(values, [&](const Pattern& value) { return SameName(value.text(), is_null); });
  }
  if (present == nullptr || present->empty()) {
    if (op.quantifier == Quantifier::kForAllValues || op.if_exists) return true;
    return op.quantifier == Quantifier::kForAnyValue ? false : op.negated;
  }
  const auto matches = [&](const std::string& value) {
    return std::ranges::any_of(values,
                               [&](const Pattern& pattern) { return MatchesOne(op.kind, value, pattern, keys); });
  };
  const auto satisfies = [&](const std::string& value) { return matches(value) != op.negated; };
  switch (op.quantifier) {
    case Quantifier::kForAllValues: return std::ranges::all_of(*present, satisfies);
    case Quantifier::kForAnyValue: return std::ranges::any_of(*present, satisfies);
    case Quantifier::kNone: break;
  }
  return std::ranges::any_of(*present, matches) != op.negated;
}

}  // namespace opentrail::iam
