#pragma once

#include <gtest/gtest.h>

#include <string>

#include "duckdb.hpp"

// For tests of engine functions only: a database in memory, and expressions evaluated to text.
namespace opentrail::engine {

class FunctionTest : public testing::Test {
 protected:
  FunctionTest() : database_(nullptr), connection_(database_) {
    connection_.Query("SET threads = 1");  // so that a query's rows and calls come in one order
  }

  duckdb::DatabaseInstance& Database() { return *database_.instance; }

  // The one value of the expression as the engine prints it; an error's text where it fails.
  std::string Eval(const std::string& expression) { return Column("SELECT " + expression); }
  // The first column, rows joined by ','.
  std::string Column(const std::string& query) {
    auto result = connection_.Query(query);
    if (result->HasError()) return "error: " + result->GetError();
    std::string joined;
    for (duckdb::idx_t row = 0; row < result->RowCount(); row++) {
      joined += (row == 0 ? "" : ",") + result->GetValue(0, row).ToString();
    }
    return joined;
  }
  // What the expression refuses with, without the engine's own prefix; "no error" where it succeeds.
  std::string EvalError(const std::string& expression) {
    auto result = connection_.Query("SELECT " + expression);
    return result->HasError() ? result->GetErrorObject().RawMessage() : "no error";
  }
  // As the expression would be over rows of a table: not folded before the query runs.
  std::string EvalRow(const std::string& expression, const std::string& columns) {
    return Column("SELECT " + expression + " FROM (SELECT " + columns + " FROM range(3)) LIMIT 1");
  }

 private:
  duckdb::DuckDB database_;
  duckdb::Connection connection_;
};

}  // namespace opentrail::engine
