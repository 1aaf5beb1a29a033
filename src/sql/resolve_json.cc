#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/json_path.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// SQL/JSON functions, whose engine functions take the clauses as text (engine/functions/json_sql.h).
namespace opentrail::sql {

namespace {

constexpr std::string_view kNoVariables = "CAST(NULL AS VARCHAR)";

Result<Type> ReturnedType(const std::optional<TypeName>& returning, Position position) {
  if (!returning) return Type::Varchar();
  auto type = ParseType(returning->text);
  if (type) return *std::move(type);
  return std::unexpected(Error{ErrorCode::kTypeMismatch, position, fmt::format("Unknown type: {}", returning->text)});
}

bool IsText(const Type& type) { return type.kind() == TypeKind::kVarchar || type.kind() == TypeKind::kChar; }

std::string_view FormatName(std::string_view format) {
  if (format == "json utf8") return "JSON ENCODING UTF8";
  if (format == "json utf16") return "JSON ENCODING UTF16";
  return format == "json utf32" ? "JSON ENCODING UTF32" : "JSON";
}

// A text or bytes that hold JSON, as a text; nullopt where the type holds none.
std::optional<std::string> JsonTextSql(const TypedSql& value, std::string_view format) {
  const TypeKind kind = value.type.kind();
  const bool encoded = format.starts_with("json ");
  if (kind == TypeKind::kVarbinary) {
    const std::string_view encoding = encoded ? format.substr(5) : "utf8";
    return fmt::format("trino_json_decode({}, {})", value.sql, QuoteLiteral(encoding));
  }
  if (encoded) return std::nullopt;
  if (kind == TypeKind::kUnknown) return CoerceTo(value, Type::Varchar());
  return IsText(value.type) || kind == TypeKind::kJson ? std::optional(value.sql) : std::nullopt;
}

// A call that itself gives JSON needs no FORMAT JSON to be read as that.
bool GivesJson(const Expression& expression) {
  if (std::holds_alternative<JsonConstructor>(expression.node)) return true;
  const auto* json = std::get_if<SqlJson>(&expression.node);
  return json != nullptr && json->function == "json_query";
}

Result<Resolved> FitOutput(TypedSql text, const Type& returned, const Scope* violates, Position position) {
  if (returned == text.type) return From(std::move(text), violates);
  if (!IsText(returned) && returned.kind() != TypeKind::kVarbinary) {
    return std::unexpected(Error{ErrorCode::kTypeMismatch, position,
                                 fmt::format("Cannot output JSON value as {} using formatting JSON", returned.Name())});
  }
  if (returned.kind() == TypeKind::kVarbinary) return From({returned, fmt::format("encode({})", text.sql)}, violates);
  return From(SQL_TRY(ApplyCast(text, returned, CastMode::kCast, position)), violates);
}

}  // namespace

Result<Resolved> Resolver::ResolveJsonInput(const Expression& input, std::string_view format,
                                            const ExpressionContext& context) {
  Resolved value = SQL_TRY(Resolve(input, context));
  auto sql = JsonTextSql(value, format);
  if (!sql || value.type.kind() == TypeKind::kJson) {
    return std::unexpected(Error{ErrorCode::kTypeMismatch, input.position,
                                 fmt::format("Cannot read input of type {} as JSON using formatting {}",
                                             value.type.Name(), FormatName(format))});
  }
  value.sql = *std::move(sql);
  return value;
}

Result<Resolved> Resolver::ResolveJsonPart(const Expression& value, std::string_view format, std::string_view function,
                                           Position refusal, const ExpressionContext& context) {
  const Resolved part = SQL_TRY(Resolve(value, context));
  if (!format.empty() || GivesJson(value) || part.type.kind() == TypeKind::kJson) {
    const auto text = JsonTextSql(part, format);
    if (!text) {
      return std::unexpected(Error{ErrorCode::kTypeMismatch, value.position,
                                   fmt::format("Cannot read input of type {} as JSON using formatting {}",
                                               part.type.Name(), FormatName(format))});
    }
    return From({Type::Varchar(), fmt::format("trino_json_formatted({})", *text)}, part.violates);
  }
  const Type json(TypeKind::kJson);
  if (part.type.kind() == TypeKind::kUnknown) return From({Type::Varchar(), "CAST(NULL AS VARCHAR)"}, nullptr);
  const TypeKind kind = part.type.kind();
  const bool plain = kind == TypeKind::kBoolean || IsText(part.type) || kind == TypeKind::kTinyint ||
                     kind == TypeKind::kSmallint || kind == TypeKind::kInteger || kind == TypeKind::kBigint ||
                     kind == TypeKind::kReal || kind == TypeKind::kDouble || kind == TypeKind::kDecimal;
  if (plain) return From(SQL_TRY(ApplyCast(part, json, CastMode::kCast, value.position)), part.violates);
  auto text = ApplyCast(part, Type::Varchar(), CastMode::kCast, value.position);
  if (!text) {
    return std::unexpected(
        Error{ErrorCode::kNotSupported, refusal,
              fmt::format("Unsupported type of value passed to {} function: {}", function, part.type.Name())});
  }
  return From(SQL_TRY(ApplyCast(*text, json, CastMode::kCast, value.position)), part.violates);
}

Result<Resolved> Resolver::ResolveJsonPassing(const std::vector<JsonPassing>& passing,
                                              const ExpressionContext& context) {
  if (passing.empty()) return From({Type::Varchar(), std::string(kNoVariables)}, nullptr);
  std::string sql = "trino_json_object(true, false";
  const Scope* violates = nullptr;
  for (const JsonPassing& argument : passing) {
    const Resolved value =
        SQL_TRY(ResolveJsonPart(*argument.value, argument.format, "JSON path", argument.value->position, context));
    if (violates == nullptr) violates = value.violates;
    const std::string name = argument.name.quoted ? argument.name.text : UpperCase(argument.name.text);
    sql += fmt::format(", {}, {}", QuoteLiteral(name), value.sql);
  }
  return From({Type::Varchar(), sql + ")"}, violates);
}

Result<Resolved> Resolver::ResolveJsonConstructor(const JsonConstructor& node, Position position,
                                                  const ExpressionContext& context) {
  const std::string_view function = node.object ? "JSON_OBJECT" : "JSON_ARRAY";
  std::string sql = node.object ? fmt::format("trino_json_object({}, {}", node.null_on_null, node.unique_keys)
                                : fmt::format("trino_json_array({}", node.null_on_null);
  const Scope* violates = nullptr;
  for (const JsonMember& member : node.members) {
    if (member.key) {
      const Resolved key = SQL_TRY(Resolve(*member.key, context));
      if (!IsText(key.type)) {
        return std::unexpected(Error{ErrorCode::kInvalidFunctionArgument, member.key->position,
                                     fmt::format("Invalid type of JSON object key: {}", key.type.Name())});
      }
      if (violates == nullptr) violates = key.violates;
      sql += ", " + key.sql;
    }
    const Resolved value = SQL_TRY(ResolveJsonPart(*member.value, member.format, function, position, context));
    if (violates == nullptr) violates = value.violates;
    sql += ", " + value.sql;
  }
  const Type returned = SQL_TRY(ReturnedType(node.returning, position));
  return FitOutput({Type::Varchar(), sql + ")"}, returned, violates, position);
}

Result<Resolved> Resolver::ResolveSqlJson(const SqlJson& node, Position position, const ExpressionContext& context) {
  const Resolved input = SQL_TRY(ResolveJsonInput(*node.input, node.input_format, context));
  Resolved variables = SQL_TRY(ResolveJsonPassing(node.passing, context));
  SQL_CHECK(CheckJsonPath(node.path, node.path_position));
  const std::string path = TextLiteral(node.path).sql;
  const Scope* const violates = Violation({input, variables});
  if (node.function == "json_exists") {
    return From({Type(TypeKind::kBoolean), fmt::format("trino_json_exists({}, {}, {}, {})", input.sql, path,
                                                       variables.sql, QuoteLiteral(node.on_error))},
                violates);
  }
  JsonRead read{&input,
                path,
                variables.sql,
                SQL_TRY(ReturnedType(node.returning, position)),
                node.wrapper,
                node.quotes,
                node.on_empty,
                node.on_error,
                &node.default_on_empty,
                &node.default_on_error,
                position};
  Resolved result = SQL_TRY(node.function == "json_value" ? ReadJsonValue(read, context) : ReadJsonQuery(read));
  if (result.violates == nullptr) result.violates = violates;
  return result;
}

Result<Resolved> Resolver::ReadJsonQuery(const JsonRead& read) {
  if (read.quotes == "omit" && read.wrapper.starts_with("with ")) {
    return std::unexpected(
        Error{ErrorCode::kInvalidFunctionArgument, read.position,
              fmt::format("{} QUOTES behavior specified with WITH {} ARRAY WRAPPER behavior", UpperCase(read.quotes),
                          read.wrapper == "with conditional" ? "CONDITIONAL" : "UNCONDITIONAL")});
  }
  TypedSql text{Type::Varchar(), fmt::format("trino_json_query({}, {}, {}, {}, {}, {}, {})", read.input->sql, read.path,
                                             read.variables, QuoteLiteral(read.wrapper), QuoteLiteral(read.quotes),
                                             QuoteLiteral(read.on_empty), QuoteLiteral(read.on_error))};
  return FitOutput(std::move(text), read.returned, read.input->violates, read.position);
}

// The value comes as text and is cast; where that fails it is an error, which is NULL unless ON ERROR says otherwise.
Result<Resolved> Resolver::ReadJsonValue(const JsonRead& read, const ExpressionContext& context) {
  const Resolved on_empty = SQL_TRY(ResolveJsonDefault(*read.default_on_empty, read.returned, context));
  const Resolved on_error = SQL_TRY(ResolveJsonDefault(*read.default_on_error, read.returned, context));
  const TypedSql text{Type::Varchar(), fmt::format("trino_json_value({}, {}, {}, {}, {}, {}, {})", read.input->sql,
                                                   read.path, read.variables, QuoteLiteral(read.on_empty), on_empty.sql,
                                                   QuoteLiteral(read.on_error), on_error.sql)};
  const Scope* const violates = Violation({*read.input, on_empty, on_error});
  if (read.returned == text.type) return From(text, violates);
  const bool scalar = read.returned.arguments().empty() && read.returned.kind() != TypeKind::kJson;
  if (!scalar) {
    return std::unexpected(Error{ErrorCode::kTypeMismatch, read.position,
                                 fmt::format("Invalid return type of function JSON_VALUE: {}", read.returned.Name())});
  }
  TypedSql cast = SQL_TRY(ApplyCast(text, read.returned, CastMode::kTryCast, read.position));
  // What ON ERROR says holds for a failing cast, too.
  std::string otherwise;
  if (read.on_error == "error") {
    otherwise = fmt::format("trino_json_value_mismatch({})", QuoteLiteral(read.returned.Name()));
  } else if (read.on_error == "default") {
    otherwise = on_error.sql;
  }
  if (!otherwise.empty()) {
    const TypedSql value =
        SQL_TRY(ApplyCast({Type::Varchar(), otherwise}, read.returned, CastMode::kCast, read.position));
    cast.sql = fmt::format("CASE WHEN {} IS NOT NULL AND {} IS NULL THEN {} ELSE {} END", text.sql, cast.sql, value.sql,
                           cast.sql);
  }
  return From(std::move(cast), violates);
}

Result<Resolved> Resolver::ResolveJsonDefault(const ExpressionPointer& expression, const Type& returning,
                                              const ExpressionContext& context) {
  const Type varchar = Type::Varchar();
  if (!expression) return From({varchar, "CAST(NULL AS VARCHAR)"}, nullptr);
  const Resolved value = SQL_TRY(Resolve(*expression, context));
  if (!CanCoerce(value.type, returning)) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, expression->position,
              fmt::format("Default value of type {} cannot be coerced to {}", value.type.Name(), returning.Name())});
  }
  const TypedSql coerced{returning, CoerceTo(value, returning)};
  if (IsText(returning)) return From(coerced, value.violates);
  return From(SQL_TRY(ApplyCast(coerced, varchar, CastMode::kCast, expression->position)), value.violates);
}

}  // namespace opentrail::sql
