#include <algorithm>

#include <strings.h>

#include <fmt/format.h>

#include "codec/text.h"
#include "codec/utf8.h"
#include "protocol/bounds.h"
#include "protocol/rest_route.h"
#include "protocol/rest_xml.h"
#include "protocol/scalar.h"
#include "protocol/xml_input.h"

// https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
namespace opentrail::protocol {
namespace {

// A value in a place of the request, of the wrong type, as S3 words it.
std::unexpected<AwsError> BadArgument(const Member& member, std::string_view text) {
  const std::string_view name = member.location_name;
  std::string message = fmt::format("Invalid value for {}", name);
  if (name == "partNumber") {
    message = "Part number must be an integer between 1 and 10000, inclusive";
  } else if (member.shape->kind == ShapeKind::kInteger || member.shape->kind == ShapeKind::kLong) {
    message = fmt::format("Provided {} not an integer or within integer range", name);
  }
  return std::unexpected(
      AwsError{.code = "InvalidArgument",
               .message = std::move(message),
               .details = {{"ArgumentName", std::string(name)},
                           {"ArgumentValue", codec::ReplaceInvalidUtf8(text.substr(0, kMaxShownCharacters))}}});
}

std::unexpected<AwsError> BadUri(const http::RequestHead& head) {
  return std::unexpected(AwsError{.code = "InvalidURI",
                                  .message = "Couldn't parse the specified URI.",
                                  .details = {{"URI", codec::ReplaceInvalidUtf8(head.path)}}});
}

std::unexpected<AwsError> BadXml() {
  return AwsFailure("MalformedXML", "{}",
                    "The XML you provided was not well-formed or did not validate against our published schema");
}

bool IsText(std::string_view text) { return codec::IsValidUtf8(text) && text.find('\0') == std::string_view::npos; }

// Fields that are no UTF-8 are read as the Latin-1 that HTTP once meant.
std::string FieldText(std::string_view bytes) {
  if (codec::IsValidUtf8(bytes)) return std::string(bytes);
  std::string text;
  for (const char c : bytes) {
    char encoded[4];
    text.append(encoded, codec::EncodeUtf8(static_cast<unsigned char>(c), encoded));
  }
  return text;
}

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// "ETag, ObjectSize"
Value SplitList(std::string_view text) {
  Value list = Value::List();
  while (!text.empty() && list.elements().size() < kMaxElements) {
    const std::string_view element = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), element.size() + 1));
    if (!Trimmed(element).empty()) list.Append(Trimmed(element));
  }
  return list;
}

// The reader of one request.
class InputReader {
 public:
  InputReader(const Operation& operation, const http::RequestHead& head, std::string_view body)
      : operation_(operation), head_(head), body_(body) {}

  AwsResult<Value> Read() {
    AwsStatus status = ReadPath();
    if (status) status = ReadQuery();
    if (status) status = ReadFields();
    if (status) status = ReadBody();
    if (status) status = CheckRequired();
    if (!status) return std::unexpected(std::move(status.error()));
    return std::move(input_);
  }

 private:
  AwsStatus ReadPath() {
    for (const auto& [label, encoded] : ReadLabels(operation_, head_.path)) {
      auto text = codec::UriDecode(encoded);
      if (!text || !IsText(*text)) return BadUri(head_);
      const Member* member = MemberOfLabel(label);
      if (member != nullptr) input_.Set(member->name, std::move(*text));
    }
    return {};
  }

  [[nodiscard]] const Member* MemberOfLabel(std::string_view label) const {
    const auto found = std::ranges::find_if(operation_.input->members, [&](const Member& member) {
      return member.location == Location::kUri &&
             (member.location_name.empty() ? member.name : member.location_name) == label;
    });
    return found != operation_.input->members.end() ? &*found : nullptr;
  }

  AwsStatus ReadQuery() {
    if (head_.query.empty()) return {};
    if (static_cast<size_t>(std::ranges::count(head_.query, '&')) > kMaxParameters) return BadUri(head_);
    const auto parameters = http::ParseParameters(head_.query, http::PlusSign::kSpace);
    if (!parameters) return BadUri(head_);
    for (const auto& [name, text] : *parameters) {
      if (!IsText(text)) return BadUri(head_);
      for (const Member& member : operation_.input->members) {
        if (member.location != Location::kQueryString || member.location_name != name) continue;
        if (AwsStatus status = Place(member, text); !status) return status;
      }
    }
    return {};
  }

  AwsStatus ReadFields() {
    for (const Member& member : operation_.input->members) {
      if (member.location == Location::kHeaders) ReadPrefixed(member);
      if (member.location != Location::kHeader) continue;
      const auto bytes = head_.fields.Find(member.location_name);
      if (!bytes) continue;
      if (AwsStatus status = Place(member, FieldText(*bytes)); !status) return status;
    }
    return {};
  }

  // x-amz-meta-*: the names in lower case, fields of one name joined.
  void ReadPrefixed(const Member& member) {
    Value map = Value::Object();
    const std::string_view prefix = member.location_name;
    for (const auto& [name, bytes] : head_.fields.entries()) {
      if (name.size() <= prefix.size() || strncasecmp(name.data(), prefix.data(), prefix.size()) != 0) continue;
      if (map.members().size() >= kMaxElements) break;
      std::string key = name.substr(prefix.size());
      std::ranges::transform(key, key.begin(),
                             [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
      const std::string text = FieldText(bytes);
      Value& value = map.At(FieldText(key));
      value = value.IsNull() ? Value(text) : Value(fmt::format("{},{}", value.Text(), text));
    }
    if (!map.members().empty()) input_.Set(member.name, std::move(map));
  }

  AwsStatus Place(const Member& member, std::string_view text) {
    const Shape& shape = *member.shape;
    if (shape.kind == ShapeKind::kList) {
      input_.Set(member.name, SplitList(text));
      return {};
    }
    if (text.empty() && shape.kind != ShapeKind::kString) return {};
    if (auto value = ParseScalar(shape, text)) {
      input_.Set(member.name, std::move(*value));
      return {};
    }
    if (shape.kind != ShapeKind::kTimestamp ||
        TimestampTextOf(member, TimestampText::kHttpDate) != TimestampText::kHttpDate) {
      return BadArgument(member, text);
    }
    // Conditions with dates that are none are void (RFC 9110, 13.1); Expires is kept for those who read it as text.
    if (member.name == "Expires") input_.Set(member.name, text);
    return {};
  }

  AwsStatus ReadBody() {
    const Shape& shape = *operation_.input;
    const auto payload = std::ranges::find_if(shape.members, &Member::payload);
    if (payload != shape.members.end()) return ReadPayload(*payload);
    const bool in_body =
        std::ranges::any_of(shape.members, [](const Member& member) { return member.location == Location::kBody; });
    if (!in_body) return {};
    auto value = ParseXml(shape, fmt::format("{}Request", operation_.name), body_);
    if (!value) return BadXml();
    for (Value::Member& member : value->mutable_members()) input_.Set(member.name, std::move(member.value));
    return {};
  }

  AwsStatus ReadPayload(const Member& payload) {
    if (operation_.streaming_input) return {};
    if (payload.shape->kind == ShapeKind::kBlob) {
      input_.Set(payload.name, Value::Blob(std::string(body_)));
    } else if (payload.shape->kind == ShapeKind::kString) {
      if (!IsText(body_)) return AwsFailure("MalformedPolicy", "{}", "The body of the request is not valid UTF-8");
      input_.Set(payload.name, body_);
    } else if (body_.empty()) {
      if (payload.required) return AwsFailure("MissingRequestBodyError", "Request Body is empty");
    } else {
      auto value =
          ParseXml(*payload.shape, payload.location_name.empty() ? payload.name : payload.location_name, body_);
      if (!value) return BadXml();
      input_.Set(payload.name, std::move(*value));
    }
    return {};
  }

  AwsStatus CheckRequired() {
    for (const Member& member : operation_.input->members) {
      if (!member.required || member.streaming || input_.Has(member.name)) continue;
      if (member.payload) return AwsFailure("MissingRequestBodyError", "Request Body is empty");
      return AwsFailure("InvalidRequest", "Missing required header for this request: {}", member.location_name);
    }
    return {};
  }

  const Operation& operation_;
  const http::RequestHead& head_;
  const std::string_view body_;
  Value input_ = Value::Object();
};

}  // namespace

AwsResult<Value> ParseRestInput(const Operation& operation, const http::RequestHead& head, std::string_view body) {
  if (operation.input == nullptr) return Value::Object();
  return InputReader(operation, head, body).Read();
}

}  // namespace opentrail::protocol
