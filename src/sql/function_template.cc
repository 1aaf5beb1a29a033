#include "sql/function_template.h"

#include "sql/text.h"
#include "sql/try.h"

namespace opentrail::sql {

namespace {

std::string JoinAll(const std::vector<TypedSql>& arguments) {
  std::string text;
  for (const TypedSql& argument : arguments) {
    if (!text.empty()) text += ", ";
    text += argument.sql;
  }
  return text;
}

class TemplateExpander {
 public:
  TemplateExpander(std::string_view text, const std::vector<TypedSql>& arguments, const Type& result, Position position)
      : text_(text), arguments_(arguments), result_(result), position_(position) {}

  Result<ExpandedCall> Expand(FunctionKind kind) {
    const bool braces = kind != FunctionKind::kScalar && text_.find('{') != std::string_view::npos;
    std::string* part = braces ? &expanded_.before : &expanded_.call;
    while (offset_ < text_.size()) {
      const char c = text_[offset_++];
      if (c == '$') {
        *part += SQL_TRY(TakeValue());
      } else if (braces && c == '{') {
        part = &expanded_.call;
      } else if (braces && c == '}') {
        part = &expanded_.after;
      } else {
        *part += c;
      }
    }
    return std::move(expanded_);
  }

 private:
  // What no element can be cast to is an operator that there is not.
  [[nodiscard]] Result<std::string> CastArgument(const TypedSql& argument, const Type& type) const {
    auto cast = ApplyCast(argument, type, CastMode::kCast, position_);
    if (cast) return std::move(cast->sql);
    const bool is_array = argument.type.kind() == TypeKind::kArray && type.kind() == TypeKind::kArray;
    if (!is_array) return std::unexpected(std::move(cast).error());
    return std::unexpected(
        Error{ErrorCode::kOperatorNotFound, position_,
              "Cannot cast " + argument.type.arguments()[0].Name() + " to " + type.arguments()[0].Name()});
  }

  // What follows a dollar sign: *, R, or an argument's number and perhaps a type to cast it to.
  Result<std::string> TakeValue() {
    const char which = offset_ < text_.size() ? text_[offset_++] : '\0';
    if (which == '*') return JoinAll(arguments_);
    if (which == 'R') return result_.EngineName();
    if (which == 'T' && !arguments_.empty()) return QuoteLiteral(arguments_[0].type.Name());
    if (which == 'P' && !arguments_.empty()) return std::to_string(arguments_[0].type.precision());
    const auto index = static_cast<size_t>(which - '1');
    if (which < '1' || which > '9' || index >= arguments_.size()) return std::string("NULL");
    if (offset_ == text_.size() || text_[offset_] != '<') return arguments_[index].sql;
    const size_t end = text_.find('>', offset_);
    const auto type = ParseType(text_.substr(offset_ + 1, end - offset_ - 1));
    offset_ = end + 1;
    if (!type) return std::string("NULL");
    return CastArgument(arguments_[index], *type);
  }

  std::string_view text_;
  const std::vector<TypedSql>& arguments_;
  const Type& result_;
  Position position_;
  size_t offset_ = 0;
  ExpandedCall expanded_;
};

}  // namespace

Result<ExpandedCall> ExpandTemplate(const FunctionSignature& row, const std::vector<TypedSql>& arguments,
                                    const Type& result, Position position) {
  const std::string named = "trino_" + std::string(row.name) + "($*)";
  const std::string_view text = row.engine.empty() ? std::string_view(named) : row.engine;
  return TemplateExpander(text, arguments, result, position).Expand(row.kind);
}

void ModifyCall(ExpandedCall& call, const CallModifiers& modifiers) {
  if (!modifiers.inside.empty()) call.call.insert(call.call.rfind(')'), modifiers.inside);
  if (modifiers.distinct) call.call.insert(call.call.find('(') + 1, "DISTINCT ");
  call.call += modifiers.behind;
}

}  // namespace opentrail::sql
