#include "protocol/parameters.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "codec/text.h"
#include "codec/utf8.h"
#include "protocol/bounds.h"
#include "protocol/scalar.h"

namespace opentrail::protocol {
namespace {

// Parameters of the call and of its signature (versions 2 and 4), which no operation's input has.
constexpr std::array<std::string_view, 9> kCommonParameters = {"AWSAccessKeyId",   "Action",    "Expires",
                                                               "SecurityToken",    "Signature", "SignatureMethod",
                                                               "SignatureVersion", "Timestamp", "Version"};
constexpr std::string_view kSigningPrefix = "X-Amz-";

bool IsCommon(std::string_view name) {
  return name.starts_with(kSigningPrefix) || std::ranges::binary_search(kCommonParameters, name);
}

enum class Placed : uint8_t { kDone, kUnknown, kOutOfOrder, kInvalid, kTooMany };

// The segment of a path that begins at `offset`.
std::string_view Segment(std::string_view name, size_t offset) {
  if (offset >= name.size()) return {};
  return name.substr(offset, name.find('.', offset) - offset);
}

// 1 to 999,999,999, without leading zeros, so that one element has one name; 0 for all else.
uint32_t Index(std::string_view segment) {
  uint32_t index = 0;
  if (segment.empty() || segment.size() > 9 || segment[0] == '0') return 0;
  const auto [end, error] = std::from_chars(segment.data(), segment.data() + segment.size(), index);
  return error == std::errc() && end == segment.data() + segment.size() ? index : 0;
}

// Segment by segment; numbers by value.
bool PathLess(std::string_view a, std::string_view b) {
  size_t offset_a = 0;
  size_t offset_b = 0;
  while (offset_a < a.size() && offset_b < b.size()) {
    const std::string_view x = Segment(a, offset_a);
    const std::string_view y = Segment(b, offset_b);
    const uint32_t i = Index(x);
    const uint32_t j = Index(y);
    if (i != j) return i < j;
    if (i == 0 && x != y) return x < y;
    offset_a += x.size() + 1;
    offset_b += y.size() + 1;
  }
  return offset_a >= a.size() && offset_b < b.size();
}

// How many leading characters are whole segments that both have.
size_t SharedSegments(std::string_view a, std::string_view b) {
  const size_t common = static_cast<size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  const bool ends_a = common == a.size() || a[common] == '.';
  const bool ends_b = common == b.size() || b[common] == '.';
  if (ends_a && ends_b) return common;
  const size_t dot = a.substr(0, common).rfind('.');
  return dot == std::string_view::npos ? 0 : dot;
}

bool IsCapitalised(std::string_view wire, std::string_view name) {
  return wire.size() == name.size() && !wire.empty() &&
         wire[0] == (name[0] >= 'a' && name[0] <= 'z' ? name[0] - 32 : name[0]) && wire.substr(1) == name.substr(1);
}

bool HasParameterName(const Member& member, Protocol protocol, std::string_view wire) {
  if (protocol == Protocol::kEc2) {
    if (!member.query_name.empty()) return wire == member.query_name;
    return IsCapitalised(wire, member.location_name.empty() ? member.name : member.location_name);
  }
  return wire == (member.location_name.empty() ? member.name : member.location_name);
}

// Places parameters one after the other into a growing value. Almost always they come grouped and with ascending
// indices: then each is placed by what it shares with the one before. Where not, kOutOfOrder says that they must be
// sorted first.
class InputBuilder {
 public:
  InputBuilder(const Shape& shape, Protocol protocol) : shape_(shape), protocol_(protocol) {}

  Placed Place(std::string_view name, std::string_view text) {
    shared_ = SharedSegments(previous_, name);
    name_ = name;
    text_ = text;
    depth_ = 0;
    entered_ = 0;
    const Placed placed = IntoStructure(shape_, value_, 0);
    if (placed == Placed::kDone) entered_ = name.size();
    // What led no further than the one before it leaves that one as the place to go on from.
    if (placed != Placed::kOutOfOrder && entered_ > shared_) previous_ = name.substr(0, entered_);
    return placed;
  }

  // What the last parameter was read as.
  [[nodiscard]] const Shape* leaf() const { return leaf_; }
  [[nodiscard]] Value Take() { return std::move(value_); }

 private:
  [[nodiscard]] bool AtEnd(size_t offset) const { return offset > name_.size(); }

  Placed Into(const Shape& shape, bool flattened, Value& value, size_t offset) {
    if (++depth_ > kMaxDepth) return Placed::kUnknown;
    switch (shape.kind) {
      case ShapeKind::kStructure: return IntoStructure(shape, value, offset);
      case ShapeKind::kList: return IntoList(shape, flattened, value, offset);
      case ShapeKind::kMap: return IntoMap(shape, flattened, value, offset);
      case ShapeKind::kString:
      case ShapeKind::kInteger:
      case ShapeKind::kLong:
      case ShapeKind::kFloat:
      case ShapeKind::kDouble:
      case ShapeKind::kBoolean:
      case ShapeKind::kTimestamp:
      case ShapeKind::kBlob: break;
    }
    return IntoScalar(shape, value, offset);
  }

  Placed IntoScalar(const Shape& shape, Value& value, size_t offset) {
    if (!AtEnd(offset)) return Placed::kUnknown;
    leaf_ = &shape;
    auto parsed = ParseScalar(shape, text_);
    if (!parsed) return Placed::kInvalid;
    value = std::move(*parsed);
    return Placed::kDone;
  }

  // "Tags=" is an empty list; any other text there is none of our parameters.
  Placed Empty() const { return text_.empty() ? Placed::kDone : Placed::kUnknown; }

  Placed IntoStructure(const Shape& shape, Value& value, size_t offset) {
    Value::Members& members = value.mutable_members();
    if (AtEnd(offset)) return Empty();
    const std::string_view segment = Segment(name_, offset);
    const auto member = std::ranges::find_if(
        shape.members, [&](const Member& each) { return HasParameterName(each, protocol_, segment); });
    if (member == shape.members.end()) return Placed::kUnknown;
    const size_t end = offset + segment.size();
    if (end > shared_ || members.empty() || members.back().name != member->name) {
      if (std::ranges::find(members, member->name, &Value::Member::name) != members.end()) return Placed::kOutOfOrder;
      members.push_back({std::string(member->name), Value()});
    }
    entered_ = end;
    const Placed placed = Into(*member->shape, member->flattened, members.back().value, end + 1);
    if (members.back().value.IsNull()) {
      members.pop_back();
      entered_ = offset == 0 ? 0 : offset - 1;
    }
    return placed;
  }

  // The element that an index names: the last one, or a new one. Its segment is passed by `offset`.
  template <typename Container>
  Placed NextElement(Container& container, size_t& offset) {
    const std::string_view segment = Segment(name_, offset);
    const uint32_t index = Index(segment);
    if (index == 0) return Placed::kUnknown;
    const size_t end = offset + segment.size();
    if (end > shared_ || container.empty()) {
      const bool same_list = offset > 0 && shared_ + 1 >= offset;
      if (same_list && Index(Segment(previous_, offset)) >= index) return Placed::kOutOfOrder;
      if (container.size() >= kMaxElements) return Placed::kTooMany;
      container.emplace_back();
    }
    entered_ = end;
    offset = end + 1;
    return Placed::kDone;
  }

  Placed IntoList(const Shape& shape, bool flattened, Value& value, size_t offset) {
    Value::Elements& elements = value.mutable_elements();
    if (AtEnd(offset)) return Empty();
    if (protocol_ != Protocol::kEc2 && !flattened && !shape.flattened) {
      const std::string_view wrapper = shape.element_name.empty() ? "member" : shape.element_name;
      if (Segment(name_, offset) != wrapper) return Placed::kUnknown;
      offset += wrapper.size() + 1;
    }
    const size_t element = offset;  // never 0: the list's own name comes before
    if (const Placed placed = NextElement(elements, offset); placed != Placed::kDone) return placed;
    const Placed placed = Into(*shape.element, false, elements.back(), offset);
    if (elements.back().IsNull()) {
      elements.pop_back();
      entered_ = element - 1;
    }
    return placed;
  }

  Placed IntoMap(const Shape& shape, bool flattened, Value& value, size_t offset) {
    Value::Members& members = value.mutable_members();
    if (AtEnd(offset)) return Empty();
    if (!flattened && !shape.flattened) {
      if (Segment(name_, offset) != "entry") return Placed::kUnknown;
      offset += std::string_view("entry.").size();
    }
    if (const Placed placed = NextElement(members, offset); placed != Placed::kDone) return placed;
    const std::string_view part = Segment(name_, offset);
    offset += part.size() + 1;
    if (part == (shape.key_name.empty() ? "key" : shape.key_name) && AtEnd(offset)) {
      members.back().name = text_;
      return Placed::kDone;
    }
    if (part != (shape.value_name.empty() ? "value" : shape.value_name)) return Placed::kUnknown;
    return Into(*shape.element, false, members.back().value, offset);
  }

  const Shape& shape_;
  const Protocol protocol_;
  Value value_ = Value::Object();
  std::string_view previous_;
  std::string_view name_;
  std::string_view text_;
  size_t shared_ = 0;
  size_t entered_ = 0;  // how much of name_ led to something that stays
  size_t depth_ = 0;
  const Shape* leaf_ = nullptr;
};

std::unexpected<AwsError> Malformed(const Service& service, std::string_view message) {
  return AwsFailure(service.protocol == Protocol::kEc2 ? "InvalidParameterValue" : "MalformedInput", "{}", message);
}

std::unexpected<AwsError> BadValue(const Service& service, const std::string& name, std::string_view text,
                                   const Shape* leaf) {
  const std::string shown = codec::ReplaceInvalidUtf8(text.substr(0, kMaxShownCharacters));
  return Malformed(service, fmt::format("Value ({}) for parameter {} is invalid. Expected {}", shown, name,
                                        DescribeKind(leaf != nullptr ? leaf->kind : ShapeKind::kString)));
}

enum class Order : uint8_t { kAsSent, kSorted };

// nullopt: they must be sorted first.
std::optional<AwsResult<Value>> Build(const Operation& operation, const http::Parameters& parameters, Order order) {
  const Service& service = *operation.service;
  InputBuilder builder(*operation.input, service.protocol);
  for (const auto& [name, text] : parameters) {
    if (IsCommon(name)) continue;
    switch (builder.Place(name, text)) {
      case Placed::kDone: break;
      case Placed::kUnknown:
        if (service.protocol == Protocol::kEc2) {
          return AwsFailure("UnknownParameter", "The parameter {} is not recognized", name);
        }
        break;
      case Placed::kOutOfOrder:
        if (order == Order::kAsSent) return std::nullopt;
        break;
      case Placed::kInvalid: return BadValue(service, name, text, builder.leaf());
      case Placed::kTooMany:
        return Malformed(service, fmt::format("A list or map may have at most {} elements: {}", kMaxElements, name));
    }
  }
  return AwsResult<Value>(builder.Take());
}

AwsStatus CheckText(const Service& service, const http::Parameters& parameters) {
  if (parameters.size() > kMaxParameters) {
    return Malformed(service, fmt::format("A request may have at most {} parameters", kMaxParameters));
  }
  for (const auto& [name, text] : parameters) {
    if (!codec::IsValidUtf8(name) || !codec::IsValidUtf8(text)) {
      return AwsFailure("MalformedQueryString", "The parameters of the request are not valid UTF-8");
    }
  }
  return {};
}

std::string_view Form(const http::RequestHead& head, std::string_view body) {
  return head.method == "POST" ? body : std::string_view();
}

std::string FindIn(std::string_view encoded, std::string_view name) {
  while (!encoded.empty()) {
    const std::string_view pair = encoded.substr(0, encoded.find('&'));
    encoded.remove_prefix(std::min(encoded.size(), pair.size() + 1));
    if (!pair.starts_with(name) || !pair.substr(name.size()).starts_with('=')) continue;
    return codec::UriDecode(pair.substr(name.size() + 1), codec::Plus::kSpace).value_or("");
  }
  return "";
}

}  // namespace

AwsResult<http::Parameters> ReadParameters(const Service& service, const http::RequestHead& head,
                                           std::string_view body) {
  const std::string_view form = Form(head, body);
  if (static_cast<size_t>(std::ranges::count(form, '&') + std::ranges::count(head.query, '&')) > kMaxParameters) {
    return Malformed(service, fmt::format("A request may have at most {} parameters", kMaxParameters));
  }
  auto parameters = http::ParseParameters(form, http::PlusSign::kSpace);
  auto in_query = http::ParseParameters(head.query, http::PlusSign::kSpace);
  if (!parameters || !in_query) {
    return AwsFailure("MalformedQueryString", "The query string contains a syntax error.");
  }
  std::ranges::move(*in_query, std::back_inserter(*parameters));
  if (AwsStatus status = CheckText(service, *parameters); !status) return std::unexpected(std::move(status.error()));
  return std::move(*parameters);
}

std::string FindParameter(const http::RequestHead& head, std::string_view body, std::string_view name) {
  std::string found = FindIn(Form(head, body), name);
  return found.empty() ? FindIn(head.query, name) : found;
}

std::string ParameterName(const Member& member, Protocol protocol) {
  if (protocol == Protocol::kEc2 && !member.query_name.empty()) return std::string(member.query_name);
  std::string name(member.location_name.empty() ? member.name : member.location_name);
  if (protocol == Protocol::kEc2 && name[0] >= 'a' && name[0] <= 'z') name[0] -= 32;
  return name;
}

AwsResult<Value> ReadInput(const Operation& operation, http::Parameters& parameters) {
  static constexpr Shape kNoMembers{.name = "None", .kind = ShapeKind::kStructure};
  Operation whole = operation;
  if (whole.input == nullptr) whole.input = &kNoMembers;
  if (auto built = Build(whole, parameters, Order::kAsSent)) return std::move(*built);
  std::ranges::stable_sort(parameters, PathLess, &http::Parameters::value_type::first);
  return *Build(whole, parameters, Order::kSorted);
}

}  // namespace opentrail::protocol
