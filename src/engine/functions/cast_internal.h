#pragma once

#include <optional>
#include <string>
#include <utility>

#include "engine/functions/scalar.h"

// What the files of cast*.cc share.
namespace opentrail::engine {

// trino_cast_<what>, which fails with message(arguments…), and trino_try_cast_<what>, which gives NULL, from one
// convert(arguments…) -> std::optional<T>.
template <typename T, typename... As>
void RegisterCast(duckdb::DatabaseInstance& database, const std::string& what,
                  const duckdb::vector<duckdb::LogicalType>& arguments, const duckdb::LogicalType& result,
                  std::optional<T> (*convert)(As...), std::string (*message)(As...),
                  duckdb::bind_scalar_function_t bind = nullptr, const char* code = "INVALID_CAST_ARGUMENT") {
  RegisterScalar(
      database, "trino_cast_" + what, arguments, result,
      [convert, message, code](As... values) -> T {
        auto converted = convert(values...);
        if (!converted) ThrowTrinoText(code, message(values...));
        return *std::move(converted);
      },
      Throws::kSometimes, bind);
  RegisterScalar(
      database, "trino_try_cast_" + what, arguments, result,
      [convert](As... values) -> std::optional<T> { return convert(values...); }, Throws::kNever, bind);
}

void RegisterNumberCasts(duckdb::DatabaseInstance& database);
void RegisterDecimalCasts(duckdb::DatabaseInstance& database);
void RegisterDatetimeCasts(duckdb::DatabaseInstance& database);
void RegisterJsonCasts(duckdb::DatabaseInstance& database);
void RegisterFromJsonCasts(duckdb::DatabaseInstance& database);  // the two halves of RegisterJsonCasts
void RegisterToJsonCasts(duckdb::DatabaseInstance& database);

// Of text as CAST reads it; the JSON casts use them too.
[[nodiscard]] std::optional<bool> BooleanFromText(std::string_view text);
template <typename T>
[[nodiscard]] std::optional<T> IntegerFromText(std::string_view text);
// Rounded half away from zero; nullopt past the type's range and for NaN.
template <typename T>
[[nodiscard]] std::optional<T> IntegerFromDouble(double value);

}  // namespace opentrail::engine
