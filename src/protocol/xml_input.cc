#include "protocol/xml_input.h"

#include <algorithm>
#include <charconv>
#include <string>

#include <pugixml.hpp>

#include "codec/utf8.h"
#include "protocol/bounds.h"
#include "protocol/scalar.h"

namespace opentrail::protocol {
namespace {

constexpr unsigned kParseOptions = pugi::parse_default | pugi::parse_ws_pcdata_single | pugi::parse_doctype;

// pugixml writes any number that a character reference names, also those that are no characters.
bool HasBadReference(std::string_view body) {
  for (size_t at = body.find("&#"); at != std::string_view::npos; at = body.find("&#", at + 2)) {
    std::string_view digits = body.substr(at + 2);
    const bool hexadecimal = digits.starts_with('x');
    if (hexadecimal) digits.remove_prefix(1);
    uint32_t number = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number, hexadecimal ? 16 : 10);
    const bool is_character = number != 0 && number <= 0x10FFFF && (number < 0xD800 || number > 0xDFFF);
    if (error != std::errc() || !is_character) return true;
  }
  return false;
}

std::string_view LocalName(std::string_view name) {
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string TextOf(const pugi::xml_node& node) {
  std::string text;
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
  }
  return text;
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool IsFlattened(const Member& member) { return member.flattened || member.shape->flattened; }

bool BearsName(const Member& member, std::string_view name) {
  if (member.location != Location::kBody || member.xml_attribute) return false;
  if (name == (member.location_name.empty() ? member.name : member.location_name)) return true;
  return IsFlattened(member) && name == member.shape->element_name;
}

std::optional<Value> Read(const Shape& shape, const pugi::xml_node& node, size_t depth);

bool HasRequired(const Shape& shape, const Value& value) {
  return std::ranges::all_of(shape.members, [&](const Member& member) {
    return !member.required || member.location != Location::kBody || value.Has(member.name);
  });
}

void ReadAttributes(const Shape& shape, const pugi::xml_node& node, Value& object) {
  for (const Member& member : shape.members) {
    if (!member.xml_attribute) continue;
    const std::string_view wanted = LocalName(member.location_name.empty() ? member.name : member.location_name);
    for (const pugi::xml_attribute& attribute : node.attributes()) {
      if (LocalName(attribute.name()) == wanted) object.Set(member.name, attribute.value());
    }
  }
}

std::optional<Value> ReadStructure(const Shape& shape, const pugi::xml_node& node, size_t depth) {
  Value object = Value::Object();
  ReadAttributes(shape, node, object);
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    const std::string_view name = LocalName(child.name());
    const auto member = std::ranges::find_if(shape.members, [&](const Member& m) { return BearsName(m, name); });
    if (member == shape.members.end()) continue;
    const bool element_alone = member->shape->kind == ShapeKind::kList && IsFlattened(*member);
    auto value = Read(element_alone ? *member->shape->element : *member->shape, child, depth + 1);
    if (!value) return std::nullopt;
    if (!element_alone) {
      object.Set(member->name, std::move(*value));
      continue;
    }
    Value& list = object.At(member->name);
    if (list.elements().size() >= kMaxElements) return std::nullopt;
    list.Append(std::move(*value));
  }
  return HasRequired(shape, object) ? std::optional(std::move(object)) : std::nullopt;
}

std::optional<Value> ReadList(const Shape& shape, const pugi::xml_node& node, size_t depth) {
  const std::string_view wanted = shape.element_name.empty() ? "member" : shape.element_name;
  Value list = Value::List();
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() != pugi::node_element || LocalName(child.name()) != wanted) continue;
    if (list.elements().size() >= kMaxElements) return std::nullopt;
    auto value = Read(*shape.element, child, depth + 1);
    if (!value) return std::nullopt;
    list.Append(std::move(*value));
  }
  return list;
}

std::optional<Value> ReadMap(const Shape& shape, const pugi::xml_node& node, size_t depth) {
  Value map = Value::Object();
  for (const pugi::xml_node& entry : node.children("entry")) {
    const pugi::xml_node key = entry.child(shape.key_name.empty() ? "key" : std::string(shape.key_name).c_str());
    const pugi::xml_node of_key =
        entry.child(shape.value_name.empty() ? "value" : std::string(shape.value_name).c_str());
    if (!key || !of_key || map.members().size() >= kMaxElements) return std::nullopt;
    auto value = Read(*shape.element, of_key, depth + 1);
    if (!value) return std::nullopt;
    map.mutable_members().push_back({TextOf(key), std::move(*value)});
  }
  return map;
}

std::optional<Value> Read(const Shape& shape, const pugi::xml_node& node, size_t depth) {
  if (depth > kMaxDepth) return std::nullopt;
  switch (shape.kind) {
    case ShapeKind::kStructure: return ReadStructure(shape, node, depth);
    case ShapeKind::kList: return ReadList(shape, node, depth);
    case ShapeKind::kMap: return ReadMap(shape, node, depth);
    case ShapeKind::kString: return Value(TextOf(node));
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
    case ShapeKind::kFloat:
    case ShapeKind::kDouble:
    case ShapeKind::kBoolean:
    case ShapeKind::kTimestamp:
    case ShapeKind::kBlob: break;
  }
  return ParseScalar(shape, Trimmed(TextOf(node)));
}

}  // namespace

std::optional<Value> ParseXml(const Shape& shape, std::string_view outer_element, std::string_view body) {
  if (body.size() > kMaxXmlBytes || !codec::IsValidUtf8(body) || body.find('\0') != std::string_view::npos ||
      HasBadReference(body)) {
    return std::nullopt;
  }
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size(), kParseOptions, pugi::encoding_utf8)) return std::nullopt;
  pugi::xml_node root;
  for (const pugi::xml_node& node : document.children()) {
    if (node.type() == pugi::node_doctype || (root && node.type() == pugi::node_element)) return std::nullopt;
    if (node.type() == pugi::node_element) root = node;
  }
  if (!root || LocalName(root.name()) != outer_element) return std::nullopt;
  return Read(shape, root, 0);
}

}  // namespace opentrail::protocol
