#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"

namespace opentrail {

// A tree of data as the AWS service models see it: what a request's parameters and a response's members are between
// the wire and a handler, whatever the protocol. Objects keep the order of their members. A value type;
// thread-compatible.
class Value {
 public:
  enum class Kind : uint8_t { kNull, kBoolean, kInteger, kDouble, kString, kBlob, kTimestamp, kList, kObject };
  struct Member;
  using Elements = std::vector<Value>;
  using Members = std::vector<Member>;

  Value();
  Value(std::nullptr_t);  // NOLINT(google-explicit-constructor)
  template <std::same_as<bool> T>
  Value(T boolean);  // NOLINT(google-explicit-constructor)
  template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>)
  Value(T integer);              // NOLINT(google-explicit-constructor)
  Value(double number);          // NOLINT(google-explicit-constructor)
  Value(std::string text);       // NOLINT(google-explicit-constructor)
  Value(std::string_view text);  // NOLINT(google-explicit-constructor)
  Value(const char* text);       // NOLINT(google-explicit-constructor)
  Value(Time time);              // NOLINT(google-explicit-constructor)

  [[nodiscard]] static Value Blob(std::string bytes);
  [[nodiscard]] static Value List(std::initializer_list<Value> elements = {});
  [[nodiscard]] static Value List(Elements elements);
  [[nodiscard]] static Value Object(std::initializer_list<Member> members = {});

  [[nodiscard]] Kind kind() const { return static_cast<Kind>(data_.index()); }
  [[nodiscard]] bool IsNull() const { return kind() == Kind::kNull; }
  [[nodiscard]] bool IsString() const { return kind() == Kind::kString; }
  [[nodiscard]] bool IsList() const { return kind() == Kind::kList; }
  [[nodiscard]] bool IsObject() const { return kind() == Kind::kObject; }

  // Reading never fails: what is missing or of another kind is null, nullopt or the fallback.
  [[nodiscard]] const Value& operator[](std::string_view name) const;  // member of an object, else a null value
  [[nodiscard]] bool Has(std::string_view name) const { return !(*this)[name].IsNull(); }
  [[nodiscard]] std::string_view Text(std::string_view fallback = {}) const;  // kString
  [[nodiscard]] std::string_view Bytes() const;                               // kBlob, kString
  [[nodiscard]] std::optional<int64_t> Integer() const;                       // kInteger, whole kDouble
  [[nodiscard]] int64_t Integer(int64_t fallback) const { return Integer().value_or(fallback); }
  [[nodiscard]] std::optional<double> Number() const;       // kDouble, kInteger
  [[nodiscard]] bool Boolean(bool fallback = false) const;  // kBoolean
  [[nodiscard]] std::optional<Time> Timestamp() const;      // kTimestamp
  [[nodiscard]] const Elements& elements() const;           // of a list, else none
  [[nodiscard]] const Members& members() const;             // of an object, else none

  // Sets a member in place, or appends it. A null value becomes an object first; any other kind is a programmer's
  // error (assert).
  Value& Set(std::string_view name, Value value);
  // As Set, only where the value is not null.
  Value& SetIfPresent(std::string_view name, Value value);
  // The member to write to, made as null where there is none.
  Value& At(std::string_view name);
  void Remove(std::string_view name);
  // Appends to a list; a null value becomes a list first.
  Value& Append(Value element);
  [[nodiscard]] Elements& mutable_elements();
  [[nodiscard]] Members& mutable_members();

  friend bool operator==(const Value&, const Value&);

 private:
  struct BlobBytes {
    std::string bytes;
    friend bool operator==(const BlobBytes&, const BlobBytes&) = default;
  };
  // In the order of Kind.
  std::variant<std::monostate, bool, int64_t, double, std::string, BlobBytes, Time, Elements, Members> data_;
};

struct Value::Member {
  std::string name;
  Value value;
  friend bool operator==(const Member&, const Member&) = default;
};

// Here and not in the class: a variant of Members is made only where Member is complete.
inline Value::Value() = default;
inline Value::Value(std::nullptr_t) {}
template <std::same_as<bool> T>
Value::Value(T boolean) : data_(boolean) {}
template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>)
Value::Value(T integer) : data_(static_cast<int64_t>(integer)) {}
inline Value::Value(double number) : data_(number) {}
inline Value::Value(std::string text) : data_(std::move(text)) {}
inline Value::Value(std::string_view text) : data_(std::string(text)) {}
inline Value::Value(const char* text) : data_(std::string(text)) {}
inline Value::Value(Time time) : data_(time) {}

}  // namespace opentrail
