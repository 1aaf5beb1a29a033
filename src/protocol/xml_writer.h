#pragma once

#include <string>
#include <string_view>

#include "codec/value.h"
#include "protocol/model.h"
#include "protocol/scalar.h"

// XML answers. Pure; thread-safe.
namespace opentrail::protocol {

inline constexpr std::string_view kXmlDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

// Escaped for an element's text or an attribute's value; what is no UTF-8 becomes U+FFFD.
void AppendXmlText(std::string& out, std::string_view text);

// <name>text</name>
void AppendXmlElement(std::string& out, std::string_view name, std::string_view text);

// An element around what is written in its lifetime; without content it is <name/>. `attributes` as written: ' a="b"'.
class XmlElement {
 public:
  XmlElement(std::string& out, std::string_view name, std::string_view attributes = {});
  XmlElement(const XmlElement&) = delete;
  XmlElement& operator=(const XmlElement&) = delete;
  ~XmlElement();

 private:
  std::string& out_;
  std::string name_;
  size_t begin_;
};

// How a protocol writes members.
struct XmlStyle {
  TimestampText timestamp;
  std::string_view element;  // of a list whose model names none: "member", "item"
};

// The members of a structure as elements, in the value's order. Members that do not travel in the body, and what the
// model does not know, are left out.
void AppendXmlMembers(std::string& out, const Shape& shape, const Value& value, const XmlStyle& style);
// One member, as a structure's.
void AppendXmlMember(std::string& out, const Member& member, const Value& value, const XmlStyle& style);

// The member of that name, where one looks for many in the model's order: `hint` is where the last one was.
[[nodiscard]] const Member* FindNear(const Shape& shape, std::string_view name, size_t& hint);

}  // namespace opentrail::protocol
