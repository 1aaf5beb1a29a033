#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "codec/json.h"
#include "codec/json_value.h"
#include "codec/text.h"
#include "codec/timestamp.h"
#include "protocol/bounds.h"
#include "protocol/codec.h"
#include "protocol/constraint.h"
#include "protocol/protocols.h"
#include "protocol/scalar.h"
#include "protocol/xml_writer.h"

// https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
namespace opentrail::protocol {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr double kMaxEpochSeconds = 253402300799.0;

std::unexpected<AwsError> Mismatch(std::string message) {
  return std::unexpected(AwsError{"SerializationException", std::move(message)});
}

// AWS's name for what was found where something else was wanted.
std::string_view TokenName(element_type type) {
  switch (type) {
    case element_type::STRING: return "STRING_VALUE";
    case element_type::INT64:
    case element_type::UINT64: return "NUMBER_VALUE";
    case element_type::DOUBLE: return "DECIMAL_VALUE";
    case element_type::BOOL: return "BOOLEAN_VALUE";
    case element_type::ARRAY:
    case element_type::OBJECT:
    case element_type::NULL_VALUE: break;
  }
  return "NULL_VALUE";
}

std::string_view TypeName(ShapeKind kind) {
  switch (kind) {
    case ShapeKind::kString: return "String";
    case ShapeKind::kInteger: return "Integer";
    case ShapeKind::kLong: return "Long";
    case ShapeKind::kFloat: return "Float";
    case ShapeKind::kDouble: return "Double";
    case ShapeKind::kBoolean: return "Boolean";
    case ShapeKind::kTimestamp: return "Timestamp";
    case ShapeKind::kBlob: return "Blob";
    case ShapeKind::kStructure:
    case ShapeKind::kMap: return "Map";
    case ShapeKind::kList: break;
  }
  return "List";
}

std::unexpected<AwsError> WrongType(element found, const Shape& wanted) {
  const element_type type = found.type();
  if (type == element_type::ARRAY) return Mismatch("Start of list found where not expected");
  if (type == element_type::OBJECT) return Mismatch("Start of structure or map found where not expected.");
  const std::string_view token =
      type == element_type::BOOL ? (bool(found) ? "TRUE_VALUE" : "FALSE_VALUE") : TokenName(type);
  const std::string_view name = TypeName(wanted.kind);
  return Mismatch(fmt::format("{} can not be converted to {} {}", token, name == "Integer" ? "an" : "a", name));
}

AwsResult<Value> Read(const Shape& shape, element json, size_t depth);

AwsResult<Value> ReadStructure(const Shape& shape, element json, size_t depth) {
  Value object = Value::Object();
  Value::Members& members = object.mutable_members();
  size_t hint = 0;
  for (const auto field : simdjson::dom::object(json)) {
    const Member* member = FindNear(shape, field.key, hint);
    if (member == nullptr || field.value.is_null()) continue;
    auto value = Read(*member->shape, field.value, depth + 1);
    if (!value) return value;
    // Of a name sent twice the last holds.
    const auto existing = std::ranges::find(members, member->name, &Value::Member::name);
    if (existing != members.end()) {
      existing->value = std::move(*value);
    } else {
      members.push_back({std::string(member->name), std::move(*value)});
    }
  }
  return object;
}

AwsResult<Value> ReadList(const Shape& shape, element json, size_t depth) {
  const auto array = simdjson::dom::array(json);
  if (array.size() > kMaxElements) {
    return Mismatch(fmt::format("A list may have at most {} elements", kMaxElements));
  }
  Value list = Value::List();
  list.mutable_elements().reserve(array.size());
  for (const auto child : array) {
    if (child.is_null()) {
      list.Append(nullptr);
      continue;
    }
    auto value = Read(*shape.element, child, depth + 1);
    if (!value) return value;
    list.Append(std::move(*value));
  }
  return list;
}

bool HasDuplicates(simdjson::dom::object object) {
  std::vector<std::string_view> keys;
  keys.reserve(object.size());
  for (const auto field : object) keys.push_back(field.key);
  std::ranges::sort(keys);
  return std::ranges::adjacent_find(keys) != keys.end();
}

AwsResult<Value> ReadMap(const Shape& shape, element json, size_t depth) {
  const auto object = simdjson::dom::object(json);
  if (object.size() > kMaxElements) {
    return Mismatch(fmt::format("A map may have at most {} entries", kMaxElements));
  }
  if (HasDuplicates(object)) return Mismatch("A key of a map was sent twice");
  Value map = Value::Object();
  for (const auto field : object) {
    if (field.value.is_null()) continue;
    auto value = Read(*shape.element, field.value, depth + 1);
    if (!value) return value;
    map.mutable_members().push_back({std::string(field.key), std::move(*value)});
  }
  return map;
}

template <typename T>
AwsResult<Value> ReadWhole(const Shape& shape, element json) {
  double number = 0;
  if (json.type() == element_type::INT64) {
    const int64_t whole = int64_t(json);
    if (whole >= std::numeric_limits<T>::min() && whole <= std::numeric_limits<T>::max()) return Value(whole);
  } else if (json.type() == element_type::DOUBLE) {
    number = double(json);
    // 5.0 is a whole number, too.
    if (std::floor(number) == number && std::abs(number) < static_cast<double>(std::numeric_limits<T>::max())) {
      return Value(static_cast<int64_t>(number));
    }
  }
  return WrongType(json, shape);
}

AwsResult<Value> ReadReal(const Shape& shape, element json) {
  if (json.is_number()) return Value(double(json));
  // What JSON has no number for.
  if (json.is_string()) {
    const std::string_view text(json);
    if (text == "NaN") return Value(std::numeric_limits<double>::quiet_NaN());
    if (text == "Infinity") return Value(std::numeric_limits<double>::infinity());
    if (text == "-Infinity") return Value(-std::numeric_limits<double>::infinity());
  }
  return WrongType(json, shape);
}

AwsResult<Value> ReadTimestamp(const Shape& shape, element json) {
  if (json.is_number()) {
    const double seconds = double(json);
    if (std::abs(seconds) <= kMaxEpochSeconds) return Value(codec::FromEpochSeconds(seconds));
    return Mismatch("The timestamp is out of range");
  }
  if (json.is_string()) {
    if (auto time = ParseScalar(shape, std::string_view(json))) return std::move(*time);
  }
  return WrongType(json, shape);
}

AwsResult<Value> ReadScalar(const Shape& shape, element json) {
  switch (shape.kind) {
    case ShapeKind::kString:
      if (json.is_string()) return Value(std::string_view(json));
      break;
    case ShapeKind::kBoolean:
      if (json.is_bool()) return Value(bool(json));
      break;
    case ShapeKind::kBlob:
      if (json.is_string()) {
        if (auto blob = ParseScalar(shape, std::string_view(json))) return std::move(*blob);
      }
      break;
    case ShapeKind::kInteger: return ReadWhole<int32_t>(shape, json);
    case ShapeKind::kLong: return ReadWhole<int64_t>(shape, json);
    case ShapeKind::kFloat:
    case ShapeKind::kDouble: return ReadReal(shape, json);
    case ShapeKind::kTimestamp: return ReadTimestamp(shape, json);
    case ShapeKind::kStructure:
    case ShapeKind::kList:
    case ShapeKind::kMap: break;
  }
  return WrongType(json, shape);
}

Value FromDocument(element json) {
  auto value = codec::ParseJsonValue(simdjson::minify(json));
  return value ? std::move(*value) : Value();
}

AwsResult<Value> Read(const Shape& shape, element json, size_t depth) {
  if (depth > kMaxDepth) return Mismatch(fmt::format("The input may be nested at most {} deep", kMaxDepth));
  if (shape.document) return FromDocument(json);
  switch (shape.kind) {
    case ShapeKind::kStructure:
      if (json.is_object()) return ReadStructure(shape, json, depth);
      break;
    case ShapeKind::kList:
      if (json.is_array()) return ReadList(shape, json, depth);
      if (!json.is_object()) return Mismatch("Expected list or null");
      break;
    case ShapeKind::kMap:
      if (json.is_object()) return ReadMap(shape, json, depth);
      break;
    case ShapeKind::kString:
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
    case ShapeKind::kFloat:
    case ShapeKind::kDouble:
    case ShapeKind::kBoolean:
    case ShapeKind::kTimestamp:
    case ShapeKind::kBlob: return ReadScalar(shape, json);
  }
  return WrongType(json, shape);
}

void Write(std::string& out, const Shape& shape, const Value& value);

void WriteStructure(std::string& out, const Shape& shape, const Value& value) {
  char separator = '{';
  size_t hint = 0;
  for (const Value::Member& each : value.members()) {
    const Member* member = each.value.IsNull() ? nullptr : FindNear(shape, each.name, hint);
    if (member == nullptr) continue;
    out += separator;
    codec::AppendJsonString(out, member->location_name.empty() ? member->name : member->location_name);
    out += ':';
    Write(out, *member->shape, each.value);
    separator = ',';
  }
  out += separator == '{' ? "{}" : "}";
}

void WriteList(std::string& out, const Shape& shape, const Value& value) {
  char separator = '[';
  for (const Value& element : value.elements()) {
    out += separator;
    Write(out, *shape.element, element);
    separator = ',';
  }
  out += separator == '[' ? "[]" : "]";
}

void WriteMap(std::string& out, const Shape& shape, const Value& value) {
  char separator = '{';
  for (const Value::Member& entry : value.members()) {
    out += separator;
    codec::AppendJsonString(out, entry.name);
    out += ':';
    Write(out, *shape.element, entry.value);
    separator = ',';
  }
  out += separator == '{' ? "{}" : "}";
}

void Write(std::string& out, const Shape& shape, const Value& value) {
  if (shape.document) return codec::AppendJson(out, value);
  switch (shape.kind) {
    case ShapeKind::kStructure:
      if (value.IsObject()) return WriteStructure(out, shape, value);
      break;
    case ShapeKind::kList:
      if (value.IsList()) return WriteList(out, shape, value);
      break;
    case ShapeKind::kMap:
      if (value.IsObject()) return WriteMap(out, shape, value);
      break;
    case ShapeKind::kString:
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
    case ShapeKind::kFloat:
    case ShapeKind::kDouble:
    case ShapeKind::kBoolean:
    case ShapeKind::kTimestamp:
    case ShapeKind::kBlob: break;
  }
  codec::AppendJson(out, value);
}

// SDKs newer than the model leave out the namespace that CloudTrail's prefix has: CloudTrail_20131101.LookupEvents.
bool IsPrefixOf(const Service& service, std::string_view prefix) {
  const std::string_view whole = service.target_prefix;
  return prefix == whole || (!prefix.empty() && prefix == whole.substr(whole.rfind('.') + 1));
}

AwsResult<const Operation*> FindByTarget(const Service& service, const http::RequestHead& head, std::string_view) {
  const std::string_view target = head.fields.Get("x-amz-target");
  const size_t dot = target.rfind('.');
  const bool ours = dot != std::string_view::npos && IsPrefixOf(service, target.substr(0, dot));
  const Operation* operation = ours ? service.Find(target.substr(dot + 1)) : nullptr;
  if (operation == nullptr) return std::unexpected(AwsError{"UnknownOperationException", ""});
  return operation;
}

AwsResult<Value> ParseJson(const Operation& operation, const http::RequestHead&, std::string_view body) {
  Value input = Value::Object();
  if (operation.input != nullptr && !body.empty()) {
    const auto document = codec::JsonDocument::Parse(body);
    if (!document || !document->Root().IsObject()) return Mismatch("");
    auto read = Read(*operation.input, document->Root().element(), 0);
    if (!read) return read;
    input = std::move(*read);
  }
  if (AwsStatus valid = CheckConstraints(operation, input); !valid) return std::unexpected(std::move(valid.error()));
  return input;
}

http::Response JsonResponse(const Service& service, int status, std::string body, std::string_view request_id) {
  http::Response response;
  response.status = status;
  response.fields.Add("x-amzn-RequestId", std::string(request_id));
  response.fields.Add("Content-Type", fmt::format("application/x-amz-json-{}", service.json_version));
  response.body = std::move(body);
  return response;
}

http::Response JsonOutput(const Operation& operation, const Value& output, std::string_view request_id) {
  std::string body;
  if (operation.output != nullptr) WriteStructure(body, *operation.output, output);
  return JsonResponse(*operation.service, operation.http_status, std::move(body), request_id);
}

// Athena names the cause of an InvalidRequestException twice; where none was said, the input was at fault.
Value AthenaCauses(const AwsError& error) {
  constexpr std::string_view kNames[] = {"AthenaErrorCode", "ErrorCode"};
  Value causes = Value::Object();
  if (error.code != "InvalidRequestException") return causes;
  for (const std::string_view name : kNames) causes.Set(name, "INVALID_INPUT");
  for (const auto& [name, text] : error.details) {
    if (name != kNames[0]) continue;
    for (const std::string_view each : kNames) causes.Set(each, text);
  }
  return causes;
}

http::Response JsonError(const Service& service, const Operation*, const AwsError& error, std::string_view request_id) {
  const bool is_athena = service.id == "athena";
  Value body = Value::Object({{"__type", error.code}});
  if (is_athena) {
    const Value causes = AthenaCauses(error);
    for (const Value::Member& cause : causes.members()) body.Set(cause.name, cause.value);
  }
  for (const auto& [name, text] : error.details) body.Set(name, text);
  // The models of Athena and Glue spell it so.
  if (!error.message.empty()) body.Set(is_athena || service.id == "glue" ? "Message" : "message", error.message);
  return JsonResponse(service, ErrorStatus(service, error), codec::WriteJson(body), request_id);
}

}  // namespace

constexpr ProtocolFunctions kJsonFunctions{FindByTarget, ParseJson, JsonOutput, JsonError};

}  // namespace opentrail::protocol
