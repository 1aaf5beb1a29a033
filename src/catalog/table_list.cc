#include "catalog/table_list.h"

namespace opentrail::catalog {

namespace {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

void TableList::Add(Table table) {
  table.database = LowerCase(table.database);
  table.name = LowerCase(table.name);
  std::map<std::string, Table>& tables = databases_[table.database];
  std::string name = table.name;
  tables.insert_or_assign(std::move(name), std::move(table));
}

const Table* TableList::FindTable(std::string_view database, std::string_view name) const {
  const auto tables = databases_.find(LowerCase(database));
  if (tables == databases_.end()) return nullptr;
  const auto table = tables->second.find(LowerCase(name));
  return table == tables->second.end() ? nullptr : &table->second;
}

bool TableList::HasDatabase(std::string_view database) const { return databases_.contains(LowerCase(database)); }

}  // namespace opentrail::catalog
