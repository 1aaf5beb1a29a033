#pragma once

#include <map>
#include <string>

#include "catalog/catalog.h"

namespace opentrail::catalog {

// A catalog held in memory: the tables that were added to it. A database is there as soon as it has a table.
// Thread-compatible: add first, then read from any thread.
class TableList final : public Catalog {
 public:
  // Replaces a table of the same name.
  void Add(Table table);

  [[nodiscard]] const Table* FindTable(std::string_view database, std::string_view name) const override;
  [[nodiscard]] bool HasDatabase(std::string_view database) const override;

 private:
  std::map<std::string, std::map<std::string, Table>> databases_;
};

}  // namespace opentrail::catalog
