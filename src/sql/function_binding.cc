#include "sql/function_binding.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace opentrail::sql {

namespace {

enum class Coercion : uint8_t { kNone, kAllowed };

// A lambda's result may widen a variable that its own parameters depend on; it settles in a step or two.
constexpr int kMaxLambdaRounds = 4;

constexpr uint32_t kMaxCharLength = 65536;

bool Contains(const Type& type, TypeKind kind) {
  return type.kind() == kind ||
         std::ranges::any_of(type.arguments(), [&](const Type& argument) { return Contains(argument, kind); });
}

// One attempt to fit a call's arguments to one signature.
class Binder {
 public:
  Binder(const Signature& signature, Coercion coercion) : signature_(&signature), coercion_(coercion) {}

  // Everything but the lambdas.
  bool BindValues(const std::vector<CallArgument>& arguments) {
    if (!FitsCount(arguments.size())) return false;
    for (size_t i = 0; i < arguments.size(); ++i) {
      const TypePattern& pattern = Parameter(i);
      if (!arguments[i].type) {
        if (pattern.kind != PatternKind::kFunction) return false;
        if (pattern.arguments.size() != arguments[i].lambda_parameters + 1) return false;
      } else if (!Bind(pattern, *arguments[i].type)) {
        return false;
      }
    }
    return FitsConstraints();
  }

  // The lambdas, whose parameters' types are known now. False: they do not fit; an error: a body is wrong.
  Result<bool> BindLambdas(const std::vector<CallArgument>& arguments, const LambdaResolver& resolve,
                           std::vector<std::optional<TypedSql>>& bodies) {
    bodies.assign(arguments.size(), std::nullopt);
    for (int round = 0; round < kMaxLambdaRounds; ++round) {
      widened_ = false;
      for (size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i].type) continue;
        const TypePattern& pattern = Parameter(i);
        std::vector<Type> parameters;
        for (size_t p = 0; p + 1 < pattern.arguments.size(); ++p)
          parameters.push_back(Instantiate(pattern.arguments[p]));
        auto body = resolve(i, parameters);
        if (!body) return std::unexpected(std::move(body).error());
        if (!BindLambdaResult(pattern.arguments.back(), body->type)) return false;
        bodies[i] = *std::move(body);
      }
      if (!widened_) return FitsConstraints();
    }
    return false;
  }

  [[nodiscard]] Type Instantiate(const TypePattern& pattern) const { return InstantiateFor(pattern, nullptr); }

  // The type that the argument is brought to.
  [[nodiscard]] Type InstantiateFor(const TypePattern& pattern, const Type* argument) const {
    const auto nested = [&](size_t i) {
      const bool fits = argument != nullptr && i < argument->arguments().size();
      return InstantiateFor(pattern.arguments[i], fits ? &argument->arguments()[i] : nullptr);
    };
    switch (pattern.kind) {
      case PatternKind::kConcrete: return pattern.type;
      case PatternKind::kVariable: return Variable(pattern.variable);
      case PatternKind::kAnyVarchar:
        return argument != nullptr && argument->kind() == TypeKind::kVarchar ? *argument : Type::Varchar();
      case PatternKind::kAnyChar:
        return argument != nullptr && argument->kind() == TypeKind::kChar ? *argument : Type::Char(1);
      case PatternKind::kVarchar: return Type::Varchar(Length(pattern, Type::kUnbounded));
      case PatternKind::kChar: return Type::Char(Length(pattern, kMaxCharLength));
      case PatternKind::kAnyTime: return Type::Time(Precision(pattern, time_precision_));
      case PatternKind::kAnyTimeWithTimeZone:
        return Type::TimeWithTimeZone(
            Precision(pattern, zoned_time_precision_ ? zoned_time_precision_ : time_precision_));
      case PatternKind::kAnyTimestamp: return Type::Timestamp(Precision(pattern, timestamp_precision_));
      case PatternKind::kAnyTimestampWithTimeZone:  // with_timezone(timestamp(p), …) keeps p
        return Type::TimestampWithTimeZone(
            Precision(pattern, zoned_precision_ ? zoned_precision_ : timestamp_precision_));
      case PatternKind::kAnyRow:
        return argument != nullptr && argument->kind() == TypeKind::kRow ? *argument : Type::Row({}, {});
      case PatternKind::kDecimal: return InstantiateDecimal(pattern);
      case PatternKind::kArray: return Type::Array(nested(0));
      case PatternKind::kMap: return Type::Map(nested(0), nested(1));
      case PatternKind::kQDigest: return Type::QDigest(nested(0));
      case PatternKind::kRow: return InstantiateRow(pattern, argument);
      case PatternKind::kFunction: {
        std::vector<Type> types;
        for (const TypePattern& part : pattern.arguments) types.push_back(Instantiate(part));
        return Type::Function(std::move(types));
      }
    }
    return Type();
  }

  // Of a char whose length is computed, which may be more than a char can have.
  [[nodiscard]] std::optional<int64_t> LengthOf(const TypePattern& pattern) const {
    return pattern.kind == PatternKind::kChar ? EvaluateNumber(pattern.numbers[0], numbers_) : std::nullopt;
  }

  [[nodiscard]] const TypePattern& Parameter(size_t i) const {
    return signature_->parameters[std::min(i, signature_->parameters.size() - 1)];
  }

 private:
  [[nodiscard]] bool FitsCount(size_t count) const {
    const size_t declared = signature_->parameters.size();
    return signature_->variadic ? count >= declared : count == declared;
  }

  bool Bind(const TypePattern& pattern, const Type& actual) {
    const bool coerce = coercion_ == Coercion::kAllowed;
    const bool takes_null = pattern.kind != PatternKind::kVariable && pattern.kind != PatternKind::kFunction;
    if (coerce && actual.kind() == TypeKind::kUnknown && takes_null) {
      const bool has_length = pattern.kind == PatternKind::kVarchar || pattern.kind == PatternKind::kChar;
      if (pattern.kind == PatternKind::kDecimal) {
        return BindNumber(pattern.numbers[0], 1) && BindNumber(pattern.numbers[1], 0);
      }
      return !has_length || BindNumber(pattern.numbers[0], 0);
    }
    switch (pattern.kind) {
      case PatternKind::kConcrete: return coerce ? CanCoerce(actual, pattern.type) : actual == pattern.type;
      case PatternKind::kVariable: return BindVariable(pattern.variable, actual);
      case PatternKind::kAnyVarchar:
        return actual.kind() == TypeKind::kVarchar || (coerce && actual.kind() == TypeKind::kChar);
      case PatternKind::kAnyChar:
        return actual.kind() == TypeKind::kChar || (coerce && actual.kind() == TypeKind::kVarchar);
      case PatternKind::kVarchar:
        return actual.kind() == TypeKind::kVarchar && BindNumber(pattern.numbers[0], actual.length());
      case PatternKind::kChar: return BindChar(pattern, actual);
      case PatternKind::kAnyTime: return BindPrecision(actual, TypeKind::kTime, time_precision_);
      case PatternKind::kAnyTimeWithTimeZone:
        return BindPrecision(actual, TypeKind::kTimeWithTimeZone, zoned_time_precision_) ||
               (coerce && BindPrecision(actual, TypeKind::kTime, zoned_time_precision_));
      case PatternKind::kAnyTimestamp: return BindTimestamp(actual);
      case PatternKind::kAnyTimestampWithTimeZone: return BindZoned(actual);
      case PatternKind::kAnyRow: return actual.kind() == TypeKind::kRow;
      case PatternKind::kDecimal: return BindDecimal(pattern, actual);
      case PatternKind::kArray: return actual.kind() == TypeKind::kArray && BindArguments(pattern, actual);
      case PatternKind::kMap: return actual.kind() == TypeKind::kMap && BindArguments(pattern, actual);
      case PatternKind::kQDigest: return actual.kind() == TypeKind::kQDigest && BindArguments(pattern, actual);
      case PatternKind::kRow: return actual.kind() == TypeKind::kRow && BindArguments(pattern, actual);
      case PatternKind::kFunction: return false;
    }
    return false;
  }

  // What a lambda gives is not coerced, but to what a type variable has become: x -> NULL is no condition.
  bool BindLambdaResult(const TypePattern& pattern, const Type& actual) {
    if (pattern.kind == PatternKind::kVariable) return Bind(pattern, actual);
    const Coercion coercion = std::exchange(coercion_, Coercion::kNone);
    const bool binds = Bind(pattern, actual);
    coercion_ = coercion;
    return binds;
  }

  bool BindArguments(const TypePattern& pattern, const Type& actual) {
    if (pattern.arguments.size() != actual.arguments().size()) return false;
    for (size_t i = 0; i < pattern.arguments.size(); ++i) {
      if (!Bind(pattern.arguments[i], actual.arguments()[i])) return false;
    }
    return true;
  }

  bool BindVariable(const std::string& name, const Type& actual) {
    const auto known = std::ranges::find(types_, name, &std::pair<std::string, Type>::first);
    if (known == types_.end()) {
      types_.emplace_back(name, actual);
      return true;
    }
    if (known->second == actual) return true;
    if (coercion_ == Coercion::kNone) return false;
    const auto common = CommonSuperType(known->second, actual);
    if (!common) return false;
    if (!(*common == known->second)) {
      known->second = *common;
      widened_ = true;
    }
    return true;
  }

  bool BindChar(const TypePattern& pattern, const Type& actual) {
    const bool widens = coercion_ == Coercion::kAllowed && actual.kind() == TypeKind::kVarchar;
    if (actual.kind() != TypeKind::kChar && !widens) return false;
    return BindNumber(pattern.numbers[0], std::min(actual.length(), kMaxCharLength));
  }

  bool BindPrecision(const Type& actual, TypeKind kind, std::optional<uint32_t>& precision) {
    if (actual.kind() != kind) return false;
    precision = std::max(precision.value_or(0), actual.precision());
    return BindNumber("p", *precision);
  }

  bool BindTimestamp(const Type& actual) {
    if (BindPrecision(actual, TypeKind::kTimestamp, timestamp_precision_)) return true;
    if (coercion_ == Coercion::kNone || actual.kind() != TypeKind::kDate) return false;
    timestamp_precision_ = timestamp_precision_.value_or(0);
    return true;
  }

  bool BindZoned(const Type& actual) {
    if (BindPrecision(actual, TypeKind::kTimestampWithTimeZone, zoned_precision_)) return true;
    if (coercion_ == Coercion::kNone) return false;
    if (actual.kind() == TypeKind::kTimestamp) return BindPrecision(actual, TypeKind::kTimestamp, zoned_precision_);
    if (actual.kind() != TypeKind::kDate) return false;
    zoned_precision_ = zoned_precision_.value_or(0);
    return true;
  }

  bool BindDecimal(const TypePattern& pattern, const Type& actual) {
    if (coercion_ == Coercion::kNone && actual.kind() != TypeKind::kDecimal) return false;
    const auto shape = CommonSuperType(actual, Type::Decimal(1, 0));
    if (!shape || shape->kind() != TypeKind::kDecimal) return false;
    const Type own = actual.kind() == TypeKind::kDecimal ? actual : *shape;
    return BindNumber(pattern.numbers[0], own.precision()) && BindNumber(pattern.numbers[1], own.scale());
  }

  // A parameter's number is a variable, which takes the largest value met, or a plain number, which must be it.
  bool BindNumber(const std::string& expression, int64_t value) {
    if (const auto fixed = EvaluateNumber(expression, {})) {
      return coercion_ == Coercion::kAllowed ? value <= *fixed : value == *fixed;
    }
    std::string name = expression;
    std::erase(name, ' ');
    const auto known = std::ranges::find(numbers_, name, &NumberVariable::name);
    if (known == numbers_.end()) {
      numbers_.push_back({std::move(name), value});
    } else {
      known->value = std::max(known->value, value);
    }
    return true;
  }

  [[nodiscard]] bool FitsConstraints() const {
    return std::ranges::all_of(signature_->variables, [&](const TypeVariable& variable) {
      const auto bound = std::ranges::find(types_, variable.name, &std::pair<std::string, Type>::first);
      if (bound == types_.end()) return true;
      switch (variable.constraint) {
        case VariableConstraint::kNone: return true;
        case VariableConstraint::kComparable: return IsComparable(bound->second);
        case VariableConstraint::kOrderable: return IsOrderable(bound->second);
      }
      return true;
    });
  }

  [[nodiscard]] Type Variable(const std::string& name) const {
    const auto known = std::ranges::find(types_, name, &std::pair<std::string, Type>::first);
    return known == types_.end() ? Type() : known->second;
  }

  [[nodiscard]] uint32_t Precision(const TypePattern& pattern, std::optional<uint32_t> bound) const {
    constexpr uint32_t kDefault = 3;
    if (pattern.numbers.empty() || !bound) return bound.value_or(kDefault);
    return static_cast<uint32_t>(EvaluateNumber(pattern.numbers[0], {{"p", *bound}}).value_or(*bound));
  }

  [[nodiscard]] uint32_t Length(const TypePattern& pattern, uint32_t most) const {
    const int64_t length = EvaluateNumber(pattern.numbers[0], numbers_).value_or(most);
    return static_cast<uint32_t>(std::clamp<int64_t>(length, 0, most));
  }

  [[nodiscard]] Type InstantiateDecimal(const TypePattern& pattern) const {
    const int64_t precision = EvaluateNumber(pattern.numbers[0], numbers_).value_or(38);
    const int64_t scale = EvaluateNumber(pattern.numbers[1], numbers_).value_or(0);
    const auto bounded = static_cast<uint32_t>(std::clamp<int64_t>(precision, 1, 38));
    return Type::Decimal(bounded, static_cast<uint32_t>(std::clamp<int64_t>(scale, 0, bounded)));
  }

  [[nodiscard]] Type InstantiateRow(const TypePattern& pattern, const Type* argument) const {
    std::vector<Type> fields;
    const bool fits = argument != nullptr && argument->arguments().size() == pattern.arguments.size();
    for (size_t i = 0; i < pattern.arguments.size(); ++i) {
      fields.push_back(InstantiateFor(pattern.arguments[i], fits ? &argument->arguments()[i] : nullptr));
    }
    return Type::Row(std::move(fields), fits ? argument->field_names() : std::vector<std::string>());
  }

  const Signature* signature_;
  Coercion coercion_;
  std::vector<std::pair<std::string, Type>> types_;
  std::vector<NumberVariable> numbers_;
  std::optional<uint32_t> time_precision_;
  std::optional<uint32_t> zoned_time_precision_;
  std::optional<uint32_t> timestamp_precision_;
  std::optional<uint32_t> zoned_precision_;
  bool widened_ = false;
};

struct Candidate {
  const Signature* signature = nullptr;
  Binder binder;
  std::vector<Type> parameters;
};

std::vector<Candidate> FittingCandidates(const std::vector<Signature>& signatures,
                                         const std::vector<CallArgument>& arguments, Coercion coercion) {
  std::vector<Candidate> fitting;
  for (const Signature& signature : signatures) {
    Binder binder(signature, coercion);
    if (!binder.BindValues(arguments)) continue;
    std::vector<Type> parameters;
    for (size_t i = 0; i < arguments.size(); ++i) {
      const Type* const type = arguments[i].type ? &*arguments[i].type : nullptr;
      parameters.push_back(binder.InstantiateFor(binder.Parameter(i), type));
    }
    fitting.push_back({&signature, std::move(binder), std::move(parameters)});
  }
  return fitting;
}

// a is more specific than b where b could be called with what a takes.
bool IsMoreSpecific(const Candidate& a, const Candidate& b, const std::vector<CallArgument>& arguments) {
  std::vector<CallArgument> taken = arguments;
  for (size_t i = 0; i < taken.size(); ++i) {
    if (taken[i].type) taken[i].type = a.parameters[i];
  }
  return Binder(*b.signature, Coercion::kAllowed).BindValues(taken);
}

bool IsUnknown(const CallArgument& argument) { return argument.type && argument.type->kind() == TypeKind::kUnknown; }

// Those that no other candidate is more specific than.
std::vector<const Candidate*> MostSpecific(const std::vector<Candidate>& candidates,
                                           const std::vector<CallArgument>& arguments) {
  std::vector<const Candidate*> kept;
  for (const Candidate& candidate : candidates) {
    const bool beaten = std::ranges::any_of(candidates, [&](const Candidate& other) {
      return &other != &candidate && IsMoreSpecific(other, candidate, arguments) &&
             !IsMoreSpecific(candidate, other, arguments);
    });
    if (!beaten) kept.push_back(&candidate);
  }
  return kept;
}

// The parameter's type as declared: a "varchar" that takes any length is one of no bound.
Type DeclaredType(const Candidate& candidate, size_t parameter) {
  const bool any = candidate.binder.Parameter(parameter).kind == PatternKind::kAnyVarchar;
  return any ? Type::Varchar() : candidate.parameters[parameter];
}

// Those that bring nothing but NULLs of no type to another one.
std::vector<const Candidate*> CastingUnknownsOnly(const std::vector<Candidate>& candidates,
                                                  const std::vector<CallArgument>& arguments) {
  std::vector<const Candidate*> kept;
  for (const Candidate& candidate : candidates) {
    bool only = true;
    for (size_t i = 0; i < arguments.size(); ++i) {
      only = only && (IsUnknown(arguments[i]) || DeclaredType(candidate, i) == *arguments[i].type);
    }
    if (only) kept.push_back(&candidate);
  }
  return kept;
}

Type ResultOf(const Candidate& candidate) { return candidate.binder.Instantiate(candidate.signature->result); }

Error Ambiguous(const std::vector<const Candidate*>& candidates, Position position) {
  std::string message =
      "Could not choose a best candidate operator. Explicit type casts must be added.\nCandidates are:\n";
  for (const Candidate* candidate : candidates) {
    std::string parameters;
    for (size_t i = 0; i < candidate->parameters.size(); ++i) {
      const TypePattern& pattern = candidate->binder.Parameter(i);
      const bool is_named = pattern.kind == PatternKind::kAnyVarchar && !pattern.variable.empty();
      parameters += (parameters.empty() ? "" : ",") +
                    (is_named ? pattern.variable : SignatureTypeName(DeclaredType(*candidate, i)));
    }
    message += fmt::format("\t * ({}):{}\n", parameters, SignatureTypeName(ResultOf(*candidate)));
  }
  return {ErrorCode::kAmbiguousFunctionCall, position, std::move(message)};
}

// Trino's rule for a call with a NULL of no type among its arguments: which candidate comes first, or that it could be
// more than one.
Result<void> ChooseForUnknown(std::vector<Candidate>& candidates, const std::vector<CallArgument>& arguments,
                              Position position) {
  std::erase_if(candidates, [](const Candidate& candidate) { return !candidate.signature->listed; });
  std::vector<const Candidate*> chosen = MostSpecific(candidates, arguments);
  if (chosen.size() > 1) {
    if (auto casting = CastingUnknownsOnly(candidates, arguments); !casting.empty()) chosen = std::move(casting);
    const bool same = std::ranges::all_of(
        chosen, [&](const Candidate* candidate) { return ResultOf(*candidate) == ResultOf(*chosen.front()); });
    if (!same) return std::unexpected(Ambiguous(chosen, position));
  }
  if (!chosen.empty())
    std::swap(candidates.front(), candidates[static_cast<size_t>(chosen.front() - candidates.data())]);
  return {};
}

// The candidate that no other is more specific than comes first; the tables' order decides a tie.
void PutMostSpecificFirst(std::vector<Candidate>& candidates, const std::vector<CallArgument>& arguments) {
  size_t best = 0;
  for (size_t i = 1; i < candidates.size(); ++i) {
    const bool better = IsMoreSpecific(candidates[i], candidates[best], arguments) &&
                        !IsMoreSpecific(candidates[best], candidates[i], arguments);
    if (better) best = i;
  }
  if (best > 0) std::swap(candidates[0], candidates[best]);
}

// Where the call would fit but for a lambda's number of parameters.
std::optional<Error> WrongLambda(const std::vector<Signature>& signatures, const std::vector<CallArgument>& arguments) {
  for (const Signature& signature : signatures) {
    if (signature.parameters.size() != arguments.size()) continue;
    for (size_t i = 0; i < arguments.size(); ++i) {
      const TypePattern& pattern = signature.parameters[i];
      if (arguments[i].type.has_value() == (pattern.kind == PatternKind::kFunction)) break;
      if (arguments[i].type || pattern.arguments.size() == arguments[i].lambda_parameters + 1) continue;
      return Error{ErrorCode::kInvalidParameterUsage, arguments[i].position,
                   fmt::format("Expected a lambda that takes {} argument(s) but got {}", pattern.arguments.size() - 1,
                               arguments[i].lambda_parameters)};
    }
  }
  return std::nullopt;
}

Error UnexpectedParameters(std::string_view name, const std::vector<Signature>& signatures,
                           const std::vector<CallArgument>& arguments, Position position) {
  std::string given;
  for (const CallArgument& argument : arguments) {
    if (!given.empty()) given += ", ";
    given += argument.type ? SignatureTypeName(*argument.type) : "<function>";
  }
  std::set<std::string> expected;
  for (const Signature& signature : signatures) {
    if (signature.listed) expected.insert(signature.Name());
  }
  return {
      ErrorCode::kFunctionNotFound, position,
      fmt::format("Unexpected parameters ({}) for function {}. Expected: {}", given, name, fmt::join(expected, ", "))};
}

}  // namespace

FunctionRegistry::FunctionRegistry(std::span<const FunctionSignature> rows) {
  for (const FunctionSignature& row : rows) {
    if (auto signature = ParseSignature(row)) {
      signatures_[std::string(row.name)].push_back(*std::move(signature));
      ++size_;
    }
  }
}

const FunctionRegistry& FunctionRegistry::Default() {
  static const FunctionRegistry kRegistry(AllFunctions());
  return kRegistry;
}

const std::vector<Signature>* FunctionRegistry::Find(std::string_view name) const {
  const auto found = signatures_.find(std::string(name));
  return found == signatures_.end() ? nullptr : &found->second;
}

Result<BoundFunction> BindFunction(std::string_view name, const std::vector<Signature>& candidates,
                                   const std::vector<CallArgument>& arguments, const LambdaResolver& resolve_lambda,
                                   Position position) {
  std::optional<Error> lambda_error;
  for (const Coercion coercion : {Coercion::kNone, Coercion::kAllowed}) {
    std::vector<Candidate> fitting = FittingCandidates(candidates, arguments, coercion);
    const bool lambdas = std::ranges::any_of(arguments, [](const CallArgument& each) { return !each.type; });
    if (coercion == Coercion::kAllowed && !lambdas && std::ranges::any_of(arguments, IsUnknown)) {
      if (auto chosen = ChooseForUnknown(fitting, arguments, position); !chosen) {
        return std::unexpected(std::move(chosen).error());
      }
    } else {
      PutMostSpecificFirst(fitting, arguments);
    }
    for (Candidate& candidate : fitting) {
      BoundFunction bound{candidate.signature, {}, {}, {}};
      const auto fits = candidate.binder.BindLambdas(arguments, resolve_lambda, bound.lambda_bodies);
      if (!fits && !lambda_error) lambda_error = fits.error();
      if (!fits || !*fits) continue;
      for (size_t i = 0; i < arguments.size(); ++i) {
        const Type* const type = arguments[i].type ? &*arguments[i].type : nullptr;
        bound.parameters.push_back(candidate.binder.InstantiateFor(candidate.binder.Parameter(i), type));
      }
      if (const auto length = candidate.binder.LengthOf(candidate.signature->result); length > kMaxCharLength) {
        return std::unexpected(
            Error{ErrorCode::kTypeNotFound, position, fmt::format("Unknown type: char({})", *length)});
      }
      bound.result = candidate.binder.Instantiate(candidate.signature->result);
      return bound;
    }
  }
  if (lambda_error) return std::unexpected(*std::move(lambda_error));
  if (auto wrong = WrongLambda(candidates, arguments)) return std::unexpected(*std::move(wrong));
  return std::unexpected(UnexpectedParameters(name, candidates, arguments, position));
}

std::string SignatureTypeName(const Type& type) {
  std::string arguments;
  for (size_t i = 0; i < type.arguments().size(); ++i) {
    if (i > 0) arguments += ",";
    if (type.kind() == TypeKind::kRow && !type.field_names()[i].empty()) {
      arguments += fmt::format("\"{}\" ", type.field_names()[i]);
    }
    arguments += SignatureTypeName(type.arguments()[i]);
  }
  return type.arguments().empty() ? type.Name() : fmt::format("{}({})", type.BaseName(), arguments);
}

bool IsComparable(const Type& type) {
  constexpr TypeKind kIncomparable[] = {TypeKind::kFunction, TypeKind::kHyperLogLog, TypeKind::kP4HyperLogLog,
                                        TypeKind::kTDigest,  TypeKind::kQDigest,     TypeKind::kSetDigest};
  return std::ranges::none_of(kIncomparable, [&](TypeKind kind) { return Contains(type, kind); });
}

bool IsOrderable(const Type& type) {
  return IsComparable(type) && !Contains(type, TypeKind::kMap) && !Contains(type, TypeKind::kJson);
}

}  // namespace opentrail::sql
