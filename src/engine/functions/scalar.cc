#include "engine/functions/scalar.h"

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/common/exception.hpp"
#include "duckdb/main/database.hpp"
#include "duckdb/parser/parsed_data/create_scalar_function_info.hpp"

namespace opentrail::engine {

namespace {

// What TRY turns into NULL.
// https://trino.io/docs/current/functions/conditional.html#try
bool IsTried(std::string_view code) {
  return code == "DIVISION_BY_ZERO" || code == "INVALID_CAST_ARGUMENT" || code == "INVALID_FUNCTION_ARGUMENT" ||
         code == "NUMERIC_VALUE_OUT_OF_RANGE";
}

}  // namespace

void ThrowTrinoText(std::string_view code, std::string_view message) {
  const std::string text = fmt::format("{}: {}", code, message);
  if (IsTried(code)) throw duckdb::InvalidInputException(text);
  throw duckdb::Exception(duckdb::ExceptionType::EXECUTOR, text);  // the engine's TRY lets it through
}

void AddToCatalog(duckdb::DatabaseInstance& database, duckdb::ScalarFunction function) {
  duckdb::CreateScalarFunctionInfo info(std::move(function));
  info.on_conflict = duckdb::OnCreateConflict::ALTER_ON_CONFLICT;
  info.internal = true;
  duckdb::Catalog::GetSystemCatalog(database).CreateFunction(duckdb::CatalogTransaction::GetSystemTransaction(database),
                                                             info);
}

void RegisterChunk(duckdb::DatabaseInstance& database, ChunkFunction function) {
  duckdb::ScalarFunction engine_function(std::move(function.name), std::move(function.arguments),
                                         std::move(function.result), std::move(function.function), function.bind);
  engine_function.varargs = std::move(function.varargs);
  engine_function.null_handling = function.null_handling;
  if (function.throws == Throws::kSometimes) {
    engine_function.errors = duckdb::FunctionErrors::CAN_THROW_RUNTIME_ERROR;
  }
  AddToCatalog(database, std::move(engine_function));
}

namespace scalar_detail {

void SetNull(duckdb::Vector& result, duckdb::idx_t row) {
  // FlatVector::SetNull also reaches into the fields of a STRUCT, which must be NULL with it.
  duckdb::FlatVector::SetNull(result, row, true);
}

duckdb::string_t CopyText(duckdb::Vector& result, std::string_view text) {
  return duckdb::StringVector::AddStringOrBlob(result, text.data(), text.size());
}

duckdb::Vector& AppendList(duckdb::Vector& result, duckdb::idx_t row, duckdb::idx_t length, duckdb::idx_t& offset) {
  offset = duckdb::ListVector::GetListSize(result);
  duckdb::ListVector::Reserve(result, offset + length);
  duckdb::ListVector::SetListSize(result, offset + length);
  duckdb::FlatVector::GetData<duckdb::list_entry_t>(result)[row] = {offset, length};
  return duckdb::ListVector::GetEntry(result);
}

}  // namespace scalar_detail
}  // namespace opentrail::engine
