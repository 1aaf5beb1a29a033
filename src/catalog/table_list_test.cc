#include "catalog/table_list.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace opentrail::catalog {
namespace {

TEST(TableList, FindsNamesInAnyCase) {
  TableList tables;
  tables.Add({"awsdatacatalog", "Default", "Logs", {{"a", "string"}}});
  ASSERT_NE(tables.FindTable("DEFAULT", "logs"), nullptr);
  EXPECT_EQ(tables.FindTable("default", "LOGS")->name, "logs");
  EXPECT_EQ(tables.FindTable("default", "log"), nullptr);
  EXPECT_EQ(tables.FindTable("other", "logs"), nullptr);
  EXPECT_TRUE(tables.HasDatabase("dEFAULT"));
  EXPECT_FALSE(tables.HasDatabase("other"));
}

TEST(TableList, ReplacesATableOfTheSameName) {
  TableList tables;
  tables.Add({"awsdatacatalog", "default", "logs", {{"a", "string"}}});
  tables.Add({"awsdatacatalog", "default", "LOGS", {{"a", "string"}, {"b", "string"}}});
  EXPECT_EQ(tables.FindTable("default", "logs")->columns.size(), 2U);
}

TEST(CloudTrailTable, HasTheColumnsOfTheDocumentationInItsOrder) {
  const Table table = CloudTrailTable("default", "logs");
  std::vector<std::string> visible;
  for (const Column& column : table.columns) {
    if (!column.hidden) visible.push_back(column.name);
  }
  ASSERT_EQ(visible.size(), 29U);
  EXPECT_EQ(visible.front(), "eventversion");
  EXPECT_EQ(visible[1], "useridentity");
  EXPECT_EQ(visible[6], "sourceipaddress");
  EXPECT_EQ(visible.back(), "tlsdetails");
  for (const char* name : {"requestparameters", "responseelements", "additionaleventdata"}) {
    const auto column = std::ranges::find(table.columns, name, &Column::name);
    ASSERT_NE(column, table.columns.end());
    EXPECT_EQ(column->hive_type, "string");
  }
}

TEST(CloudTrailTable, HidesWhatThePathSays) {
  const Table table = CloudTrailTable("default", "logs");
  for (const char* name : {"$path", "$file_size", "$file_modified_time", "account", "region", "year", "month", "day",
                           "timestamp", "date", "dt", "p_date", "date_partition"}) {
    const auto column = std::ranges::find(table.columns, name, &Column::name);
    ASSERT_NE(column, table.columns.end()) << name;
    EXPECT_TRUE(column->hidden) << name;
  }
}

TEST(CloudTrailTable, NamesEachColumnOnce) {
  const Table table = CloudTrailTable("default", "logs");
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

}  // namespace
}  // namespace opentrail::catalog
