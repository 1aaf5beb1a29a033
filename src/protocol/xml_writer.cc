#include "protocol/xml_writer.h"

#include <fmt/format.h>

#include "codec/utf8.h"

namespace opentrail::protocol {
namespace {

// The name that a member's element bears: a flattened list's elements stand in for it, by their own name if they have
// one.
std::string_view ElementName(const Member& member) {
  const bool flattened = member.flattened || member.shape->flattened;
  if (flattened && !member.shape->element_name.empty()) return member.shape->element_name;
  return member.location_name.empty() ? member.name : member.location_name;
}

// xsi:type="CanonicalUser", and what xsi is.
std::string Attributes(const Shape& shape, const Value& value) {
  std::string attributes;
  for (const Member& member : shape.members) {
    if (!member.xml_attribute || !value.Has(member.name)) continue;
    const std::string_view name = member.location_name.empty() ? member.name : member.location_name;
    const size_t colon = name.find(':');
    if (colon != std::string_view::npos) {
      attributes += fmt::format(" xmlns:{}=\"{}\"", name.substr(0, colon), shape.xml_namespace);
    }
    attributes += fmt::format(" {}=\"", name);
    AppendXmlText(attributes, value[member.name].Text());
    attributes += '"';
  }
  return attributes;
}

bool HasAttributes(const Shape& shape) {
  for (const Member& member : shape.members) {
    if (member.xml_attribute) return true;
  }
  return false;
}

void AppendAny(std::string& out, std::string_view name, const Shape& shape, bool flattened, TimestampText timestamp,
               const Value& value, const XmlStyle& style);

void AppendList(std::string& out, std::string_view name, const Shape& shape, bool flattened, const Value& value,
                const XmlStyle& style) {
  const std::string_view own = shape.element_name.empty() ? style.element : shape.element_name;
  for (const Value& element : value.elements()) {
    AppendAny(out, flattened ? name : own, *shape.element, false, style.timestamp, element, style);
  }
}

void AppendMap(std::string& out, std::string_view name, const Shape& shape, const Value& value, const XmlStyle& style) {
  for (const Value::Member& entry : value.members()) {
    const XmlElement element(out, name);
    AppendXmlElement(out, shape.key_name.empty() ? "key" : shape.key_name, entry.name);
    AppendAny(out, shape.value_name.empty() ? "value" : shape.value_name, *shape.element, false, style.timestamp,
              entry.value, style);
  }
}

void AppendText(std::string& out, const Value& value, TimestampText timestamp) {
  if (value.IsString()) return AppendXmlText(out, value.Text());
  AppendScalar(out, value, timestamp);
}

void AppendAny(std::string& out, std::string_view name, const Shape& shape, bool flattened, TimestampText timestamp,
               const Value& value, const XmlStyle& style) {
  if (value.IsNull()) return;
  const bool bare = flattened || shape.flattened;
  switch (shape.kind) {
    case ShapeKind::kStructure: {
      const XmlElement element(out, name, HasAttributes(shape) ? Attributes(shape, value) : std::string());
      return AppendXmlMembers(out, shape, value, style);
    }
    case ShapeKind::kList: {
      if (bare) return AppendList(out, name, shape, true, value, style);
      const XmlElement element(out, name);
      return AppendList(out, name, shape, false, value, style);
    }
    case ShapeKind::kMap: {
      if (bare) return AppendMap(out, name, shape, value, style);
      const XmlElement element(out, name);
      return AppendMap(out, "entry", shape, value, style);
    }
    case ShapeKind::kString:
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
    case ShapeKind::kFloat:
    case ShapeKind::kDouble:
    case ShapeKind::kBoolean:
    case ShapeKind::kTimestamp:
    case ShapeKind::kBlob: break;
  }
  const XmlElement element(out, name);
  AppendText(out, value, timestamp);
}

}  // namespace

void AppendXmlText(std::string& out, std::string_view text) {
  std::string valid;
  if (!codec::IsValidUtf8(text)) text = valid = codec::ReplaceInvalidUtf8(text);
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') {
          out += c;
        } else {
          fmt::format_to(std::back_inserter(out), "&#x{:x};", static_cast<unsigned char>(c));
        }
    }
  }
}

void AppendXmlElement(std::string& out, std::string_view name, std::string_view text) {
  const XmlElement element(out, name);
  AppendXmlText(out, text);
}

XmlElement::XmlElement(std::string& out, std::string_view name, std::string_view attributes) : out_(out), name_(name) {
  out_ += '<';
  out_ += name;
  out_ += attributes;
  out_ += '>';
  begin_ = out_.size();
}

XmlElement::~XmlElement() {
  if (out_.size() == begin_) {
    out_.insert(begin_ - 1, "/");
    return;
  }
  out_ += "</";
  out_ += name_;
  out_ += '>';
}

void AppendXmlMember(std::string& out, const Member& member, const Value& value, const XmlStyle& style) {
  AppendAny(out, ElementName(member), *member.shape, member.flattened, TimestampTextOf(member, style.timestamp), value,
            style);
}

void AppendXmlMembers(std::string& out, const Shape& shape, const Value& value, const XmlStyle& style) {
  size_t hint = 0;
  for (const Value::Member& each : value.members()) {
    const Member* member = FindNear(shape, each.name, hint);
    if (member == nullptr || member->location != Location::kBody || member->xml_attribute) continue;
    AppendXmlMember(out, *member, each.value, style);
  }
}

const Member* FindNear(const Shape& shape, std::string_view name, size_t& hint) {
  const size_t count = shape.members.size();
  for (size_t i = 0; i < count; ++i, ++hint) {
    if (hint >= count) hint = 0;
    if (shape.members[hint].name == name) return &shape.members[hint];
  }
  return nullptr;
}

}  // namespace opentrail::protocol
