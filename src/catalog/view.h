#pragma once

#include <string>
#include <vector>

namespace opentrail::catalog {

struct ViewColumn {
  std::string name;  // lower case
  std::string type;  // Trino's: "varchar", "row(type varchar)"
};

// A query under a table's name.
struct View {
  std::string sql;                  // one query; its names are looked up in the two below
  std::string catalog;              // "awsdatacatalog"
  std::string database;             // "default"
  std::vector<ViewColumn> columns;  // of its result when it was made
};

}  // namespace opentrail::catalog
