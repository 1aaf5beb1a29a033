#include "codec/json_value.h"

#include <cmath>

#include <fmt/format.h>

#include "base/append.h"
#include "codec/json.h"
#include "codec/text.h"
#include "codec/timestamp.h"

namespace opentrail::codec {
namespace {

Value FromElement(simdjson::dom::element element) {
  using simdjson::dom::element_type;
  switch (element.type()) {
    case element_type::OBJECT: {
      Value object = Value::Object();
      Value::Members& members = object.mutable_members();
      for (const auto field : simdjson::dom::object(element)) {
        members.push_back({std::string(field.key), FromElement(field.value)});
      }
      return object;
    }
    case element_type::ARRAY: {
      Value list = Value::List();
      for (const auto child : simdjson::dom::array(element)) list.Append(FromElement(child));
      return list;
    }
    case element_type::STRING: return std::string_view(element);
    case element_type::INT64: return int64_t(element);
    case element_type::UINT64: return static_cast<double>(uint64_t(element));
    case element_type::DOUBLE: return double(element);
    case element_type::BOOL: return bool(element);
    case element_type::NULL_VALUE: break;
  }
  return nullptr;
}

void AppendNumber(std::string& out, double number) {
  if (std::isfinite(number)) {
    fmt::format_to(std::back_inserter(out), "{}", number);
  } else {
    AppendJsonString(out, std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
  }
}

}  // namespace

Result<Value> ParseJsonValue(std::string_view text) {
  auto document = JsonDocument::Parse(text);
  if (!document) return std::unexpected(std::move(document.error()));
  return FromElement(document->Root().element());
}

std::string WriteJson(const Value& value) {
  std::string out;
  AppendJson(out, value);
  return out;
}

namespace {

void AppendList(std::string& out, const Value::Elements& elements) {
  char separator = '[';
  for (const Value& element : elements) {
    out += separator;
    AppendJson(out, element);
    separator = ',';
  }
  out += separator == '[' ? "[]" : "]";
}

// Most members are plain texts with plain names: they are appended at once.
void AppendMember(std::string& out, char separator, const Value::Member& member) {
  const bool is_plain = IsPlainJsonText(member.name);
  if (is_plain && member.value.IsString()) {
    if (const std::string_view text = member.value.Text(); IsPlainJsonText(text)) {
      return AppendAll(out, separator, '"', std::string_view(member.name), "\":\"", text, '"');
    }
  }
  if (is_plain) {
    AppendAll(out, separator, '"', std::string_view(member.name), "\":");
  } else {
    out += separator;
    AppendJsonString(out, member.name);
    out += ':';
  }
  AppendJson(out, member.value);
}

void AppendObject(std::string& out, const Value::Members& members) {
  char separator = '{';
  for (const Value::Member& member : members) {
    AppendMember(out, separator, member);
    separator = ',';
  }
  out += separator == '{' ? "{}" : "}";
}

}  // namespace

void AppendJson(std::string& out, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull: out += "null"; break;
    case Value::Kind::kBoolean: out += value.Boolean() ? "true" : "false"; break;
    case Value::Kind::kInteger: {
      const fmt::format_int digits(*value.Integer());
      out.append(digits.data(), digits.size());
      break;
    }
    case Value::Kind::kDouble: AppendNumber(out, *value.Number()); break;
    case Value::Kind::kString: AppendJsonString(out, value.Text()); break;
    case Value::Kind::kBlob: AppendJsonString(out, Base64Encode(value.Bytes())); break;
    case Value::Kind::kTimestamp: out += FormatEpochSeconds(*value.Timestamp()); break;
    case Value::Kind::kList: AppendList(out, value.elements()); break;
    case Value::Kind::kObject: AppendObject(out, value.members()); break;
  }
}

}  // namespace opentrail::codec
