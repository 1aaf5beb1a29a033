#include "codec/value.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace opentrail {
namespace {

const Value& NullValue() {
  static const Value null;
  return null;
}

// Doubles up to 2^53 hold whole numbers exactly.
constexpr double kMaxExactInteger = 9007199254740992.0;

}  // namespace

Value Value::Blob(std::string bytes) {
  Value value;
  value.data_ = BlobBytes{std::move(bytes)};
  return value;
}

Value Value::List(std::initializer_list<Value> elements) { return List(Elements(elements)); }

Value Value::List(Elements elements) {
  Value value;
  value.data_ = std::move(elements);
  return value;
}

Value Value::Object(std::initializer_list<Member> members) {
  Value value;
  value.data_ = Members(members);
  return value;
}

const Value& Value::operator[](std::string_view name) const {
  for (const Member& member : members()) {
    if (member.name == name) return member.value;
  }
  return NullValue();
}

std::string_view Value::Text(std::string_view fallback) const {
  const auto* text = std::get_if<std::string>(&data_);
  return text != nullptr ? std::string_view(*text) : fallback;
}

std::string_view Value::Bytes() const {
  const auto* blob = std::get_if<BlobBytes>(&data_);
  return blob != nullptr ? std::string_view(blob->bytes) : Text();
}

std::optional<int64_t> Value::Integer() const {
  if (const auto* integer = std::get_if<int64_t>(&data_)) return *integer;
  const auto* number = std::get_if<double>(&data_);
  if (number == nullptr || std::floor(*number) != *number || std::abs(*number) > kMaxExactInteger) return std::nullopt;
  return static_cast<int64_t>(*number);
}

std::optional<double> Value::Number() const {
  if (const auto* number = std::get_if<double>(&data_)) return *number;
  if (const auto* integer = std::get_if<int64_t>(&data_)) return static_cast<double>(*integer);
  return std::nullopt;
}

bool Value::Boolean(bool fallback) const {
  const auto* boolean = std::get_if<bool>(&data_);
  return boolean != nullptr ? *boolean : fallback;
}

std::optional<Time> Value::Timestamp() const {
  const auto* time = std::get_if<Time>(&data_);
  return time != nullptr ? std::optional(*time) : std::nullopt;
}

const Value::Elements& Value::elements() const {
  static const Elements none;
  const auto* list = std::get_if<Elements>(&data_);
  return list != nullptr ? *list : none;
}

const Value::Members& Value::members() const {
  static const Members none;
  const auto* object = std::get_if<Members>(&data_);
  return object != nullptr ? *object : none;
}

Value& Value::Set(std::string_view name, Value value) {
  At(name) = std::move(value);
  return *this;
}

Value& Value::SetIfPresent(std::string_view name, Value value) {
  if (!value.IsNull()) Set(name, std::move(value));
  return *this;
}

Value& Value::At(std::string_view name) {
  Members& all = mutable_members();
  const auto found = std::ranges::find(all, name, &Member::name);
  if (found != all.end()) return found->value;
  return all.emplace_back(Member{std::string(name), Value()}).value;
}

void Value::Remove(std::string_view name) {
  if (auto* object = std::get_if<Members>(&data_))
    std::erase_if(*object, [&](const Member& m) { return m.name == name; });
}

Value& Value::Append(Value element) {
  mutable_elements().push_back(std::move(element));
  return *this;
}

Value::Elements& Value::mutable_elements() {
  if (IsNull()) data_ = Elements();
  assert(IsList());
  return std::get<Elements>(data_);
}

Value::Members& Value::mutable_members() {
  if (IsNull()) data_ = Members();
  assert(IsObject());
  return std::get<Members>(data_);
}

bool operator==(const Value& a, const Value& b) { return a.data_ == b.data_; }

}  // namespace opentrail
