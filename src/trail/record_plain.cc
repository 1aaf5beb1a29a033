#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "trail/record_values.h"

namespace opentrail::trail {
namespace {

using protocol::Member;
using protocol::Shape;
using protocol::ShapeKind;

// What a service fills in for itself when it records a request.
struct Default {
  std::string_view service, operation, name;
  Value value;
};

const std::array<Default, 11>& Defaults() {
  static const std::array<Default, 11> defaults = {{
      {"kms", "CreateKey", "description", ""},
      {"kms", "CreateKey", "keyUsage", "ENCRYPT_DECRYPT"},
      {"kms", "CreateKey", "keySpec", "SYMMETRIC_DEFAULT"},
      {"kms", "CreateKey", "customerMasterKeySpec", "SYMMETRIC_DEFAULT"},
      {"kms", "CreateKey", "origin", "AWS_KMS"},
      {"kms", "CreateKey", "bypassPolicyLockoutSafetyCheck", false},
      {"kms", "CreateKey", "multiRegion", false},
      {"kms", "PutKeyPolicy", "policyName", "default"},
      {"kms", "PutKeyPolicy", "bypassPolicyLockoutSafetyCheck", false},
      {"kms", "Encrypt", "encryptionAlgorithm", "SYMMETRIC_DEFAULT"},
      {"kms", "Decrypt", "encryptionAlgorithm", "SYMMETRIC_DEFAULT"},
  }};
  return defaults;
}

// Never written, whatever the model says of them.
bool IsSecret(const Member& member) {
  return member.sensitive || member.shape->sensitive || member.shape->kind == ShapeKind::kBlob || member.streaming;
}

class PlainWriter {
 public:
  explicit PlainWriter(YearComma comma) : comma_(comma) {}

  Value Write(const Value& value, const Shape& shape) const {
    switch (shape.kind) {
      case ShapeKind::kStructure: return Structure(value, shape);
      case ShapeKind::kList: {
        Value list = Value::List();
        for (const Value& element : value.elements()) list.Append(Write(element, *shape.element));
        return list;
      }
      case ShapeKind::kMap: {
        Value map = Value::Object();
        for (const auto& [name, element] : value.members()) map.Set(name, Write(element, *shape.element));
        return map;
      }
      case ShapeKind::kTimestamp: return value.Timestamp() ? Value(RecordDate(*value.Timestamp(), comma_)) : value;
      case ShapeKind::kString:
      case ShapeKind::kInteger:
      case ShapeKind::kLong:
      case ShapeKind::kFloat:
      case ShapeKind::kDouble:
      case ShapeKind::kBoolean:
      case ShapeKind::kBlob: break;
    }
    return value;
  }

 private:
  Value Structure(const Value& value, const Shape& shape) const {
    Value object = Value::Object();
    for (const auto& [name, child] : value.members()) {
      const Member* member = shape.Find(name);
      if (member == nullptr || child.IsNull() || IsSecret(*member)) continue;
      object.Set(LowerFirst(name), Write(child, *member->shape));
    }
    return object;
  }
  YearComma comma_;
};

PlainWriter WriterFor(const CallFacts& facts) {
  return PlainWriter(facts.service->id == "iam" ? YearComma::kNo : YearComma::kYes);
}

Value NullIfEmpty(Value value) { return value.members().empty() ? Value() : std::move(value); }

}  // namespace

std::string LowerFirst(std::string_view name) {
  std::string lower(name);
  if (!lower.empty()) lower.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(lower.front())));
  return lower;
}

std::string RecordDate(Time time, YearComma comma) {
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  const auto hour = clock.hours().count();
  return fmt::format("{} {}, {}{} {}:{:02}:{:02} {}", kMonths[unsigned(date.month()) - 1], unsigned(date.day()),
                     int(date.year()), comma == YearComma::kYes ? "," : "", hour % 12 == 0 ? 12 : hour % 12,
                     clock.minutes().count(), clock.seconds().count(), hour < 12 ? "AM" : "PM");
}

Value PlainParameters(const CallFacts& facts) {
  if (facts.operation->input == nullptr) return {};
  Value parameters = WriterFor(facts).Write(*facts.input, *facts.operation->input);
  for (const Default& added : Defaults()) {
    if (added.service != facts.service->id || added.operation != facts.operation->name) continue;
    if (!parameters.Has(added.name)) parameters.Set(added.name, added.value);
  }
  return NullIfEmpty(std::move(parameters));
}

Value PlainResponse(const CallFacts& facts) {
  if (facts.operation->output == nullptr) return {};
  return NullIfEmpty(WriterFor(facts).Write(*facts.output, *facts.operation->output));
}

}  // namespace opentrail::trail
