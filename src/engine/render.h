#pragma once

#include <string>

#include "duckdb/common/types/vector.hpp"
#include "engine/functions/time_zone.h"
#include "sql/type.h"

namespace opentrail::engine {

// Writes values as Athena's results show them: "2026-11-23 08:53:35.000 UTC", "{k=v, l=w}", "01 02 ff". Belongs to one
// thread.
class ValueRenderer {
 public:
  // Appends row `row` of a vector of that type. False: it is NULL, and nothing was appended. Within containers NULL
  // reads "null".
  bool Render(const sql::Type& type, const duckdb::RecursiveUnifiedVectorFormat& vector, duckdb::idx_t row,
              std::string& out);

 private:
  void AppendNested(const sql::Type& type, const duckdb::RecursiveUnifiedVectorFormat& vector, duckdb::idx_t row,
                    std::string& out);
  void AppendArray(const sql::Type& type, const duckdb::RecursiveUnifiedVectorFormat& vector, duckdb::idx_t index,
                   std::string& out);
  void AppendMap(const sql::Type& type, const duckdb::RecursiveUnifiedVectorFormat& vector, duckdb::idx_t index,
                 std::string& out);
  void AppendRow(const sql::Type& type, const duckdb::RecursiveUnifiedVectorFormat& vector, duckdb::idx_t index,
                 std::string& out);

  ZoneClock clock_;
};

}  // namespace opentrail::engine
