#include "services/athena/ddl_context.h"

#include <algorithm>

#include "services/athena/glue_table.h"
#include "services/athena/result_file.h"

namespace opentrail::services::athena {

std::unexpected<Failure> DdlFailed(std::string message, int type) {
  return std::unexpected(Failure{std::move(message), kDdlCategory, type});
}

std::unexpected<Failure> DdlTaskFailed(const AwsError& error) {
  const std::string kind = error.code == "AlreadyExistsException" || error.code == "EntityNotFoundException"
                               ? error.code
                               : std::string("MetaException");
  return DdlFailed(fmt::format("{}{}(message:{})", kDdlTaskError, kind, error.message));
}

std::unexpected<Failure> NoSuchDatabase(std::string_view name) {
  return DdlFailed(fmt::format("FAILED: SemanticException [Error 10072]: Database does not exist: {}", name));
}

Value DdlContext::KeyOf(const sql::TableName& table) const {
  return Value::Object({{"DatabaseName", DatabaseOf(table)}, {"TableName", table.name}});
}

TextOutcome DdlContext::Change(std::string_view operation, Value input) {
  const auto reply = Glue(operation, std::move(input));
  if (!reply) return DdlTaskFailed(reply.error());
  return TextResult{};
}

TextOutcome DdlContext::ChangeInBatches(std::string_view operation, Value input, std::string_view member,
                                        const Value::Elements& all, size_t at_once,
                                        const std::function<bool(const AwsError&)>& matters) {
  for (size_t from = 0; from < all.size(); from += at_once) {
    const auto begin = all.begin() + static_cast<ptrdiff_t>(from);
    const auto end = begin + static_cast<ptrdiff_t>(std::min(at_once, all.size() - from));
    input.Set(member, Value::List(Value::Elements(begin, end)));
    const auto reply = Glue(operation, input);
    if (!reply) return DdlTaskFailed(reply.error());
    for (const Value& error : reply->output["Errors"].elements()) {
      const Value& detail = error["ErrorDetail"];
      const AwsError told{std::string(detail["ErrorCode"].Text()), std::string(detail["ErrorMessage"].Text())};
      if (matters(told)) return DdlTaskFailed(told);
    }
  }
  return TextResult{};
}

std::expected<Value, Failure> DdlContext::FindTable(const sql::TableName& name) {
  const auto reply = Glue("GetTable", Value::Object({{"DatabaseName", DatabaseOf(name)}, {"Name", name.name}}));
  if (reply) return reply->output["Table"];
  if (reply.error().code != "EntityNotFoundException") return DdlTaskFailed(reply.error());
  return DdlFailed(
      fmt::format("FAILED: SemanticException [Error 10001]: Table not found {}.{}", DatabaseOf(name), name.name),
      kTableMissing);
}

TextOutcome DdlContext::EditTable(const sql::TableName& name,
                                  const std::function<std::optional<Failure>(Value& input)>& edit) {
  auto table = FindTable(name);
  if (!table) return std::unexpected(std::move(table.error()));
  Value input = GlueTableInput(*table);
  if (std::optional<Failure> failure = edit(input)) return std::unexpected(*std::move(failure));
  return Change("UpdateTable", Value::Object({{"DatabaseName", DatabaseOf(name)}, {"TableInput", std::move(input)}}));
}

AwsResult<Value> DdlContext::ListAll(std::string_view operation, std::string_view member, Value input) {
  Value all = Value::List();
  for (;;) {
    auto page = Glue(operation, input);
    if (!page) return std::unexpected(std::move(page.error()));
    for (const Value& entry : page->output[member].elements()) all.Append(entry);
    if (!page->output.Has("NextToken")) return all;
    input.Set("NextToken", page->output["NextToken"]);
  }
}

TextResult DdlRows(std::string_view column, std::string text) {
  return {.columns = Value::List({HiveColumnInfo(column)}), .text = std::move(text)};
}

}  // namespace opentrail::services::athena
