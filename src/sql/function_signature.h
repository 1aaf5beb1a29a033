#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/function.h"
#include "sql/type.h"

// The notation of sql/function.h, parsed.
namespace opentrail::sql {

enum class PatternKind : uint8_t {
  kConcrete,    // type
  kVariable,    // variable
  kAnyVarchar,  // of any length; variable: what it is called instead
  kAnyChar,
  kVarchar,  // numbers[0]
  kChar,     // numbers[0]
  kAnyTime,  // of a result: numbers[0], where it is not p itself; so the next three
  kAnyTimeWithTimeZone,
  kAnyTimestamp,
  kAnyTimestampWithTimeZone,
  kAnyRow,
  kDecimal,  // numbers[0], numbers[1]
  kArray,    // arguments
  kMap,
  kQDigest,
  kRow,
  kFunction,  // parameters in front, result last
};

enum class VariableConstraint : uint8_t { kNone, kComparable, kOrderable };

struct TypePattern {
  PatternKind kind = PatternKind::kConcrete;
  Type type;
  std::string variable;
  std::string spelling;  // of the variable, as errors show it
  std::vector<TypePattern> arguments;
  std::vector<std::string> numbers;  // arithmetic over the signature's number variables: "min(38, p + 1)"
};

struct TypeVariable {
  std::string name;
  VariableConstraint constraint = VariableConstraint::kNone;
};

struct Signature {
  const FunctionSignature* row = nullptr;
  std::vector<TypePattern> parameters;
  bool variadic = false;  // the last parameter repeats
  bool listed = true;     // Trino has it as such
  TypePattern result;
  std::vector<TypeVariable> variables;  // in the order that Trino lists them

  // Trino's spelling in "Expected: …": "contains(array(T), T) T:comparable".
  [[nodiscard]] std::string Name() const;
};

// nullopt where the text is not of the notation. The row must outlive the signature.
[[nodiscard]] std::optional<Signature> ParseSignature(const FunctionSignature& row);

// The value of a number expression: + - * / and min max over decimal digits and the given variables; nullopt where it
// is none. What would leave 64 bits stays at their end. Depth bounded.
struct NumberVariable {
  std::string name;
  int64_t value = 0;
};
[[nodiscard]] std::optional<int64_t> EvaluateNumber(std::string_view expression,
                                                    const std::vector<NumberVariable>& variables);

}  // namespace opentrail::sql
