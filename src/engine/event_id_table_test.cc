#include "engine/event_id_table.h"

#include <string>

#include <gtest/gtest.h>

namespace opentrail::engine {
namespace {

TEST(EventIdTable, TakesEachIdOnce) {
  EventIdTable table;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 10'000; ++i) EXPECT_EQ(table.Insert(MakeEventId(std::to_string(i))), round == 0) << i;
  }
  EXPECT_EQ(table.size(), 10'000);
  EXPECT_TRUE(table.Contains(MakeEventId("77")));
  EXPECT_FALSE(table.Contains(MakeEventId("10000")));
  size_t visited = 0;
  table.ForEach([&](EventId id) { visited += table.Contains(id) ? 1 : 0; });
  EXPECT_EQ(visited, 10'000);
}

TEST(EventIdTable, SaysBeforehandWhatItWillTake) {
  EventIdTable table;
  for (int i = 0; i < 5'000; ++i) {
    const size_t announced = table.BytesAfterInsert();
    table.Insert(MakeEventId(std::to_string(i)));
    EXPECT_EQ(table.Bytes(), announced);
    EXPECT_LT(table.size() * sizeof(EventId), table.Bytes());
  }
  table.Clear();
  EXPECT_EQ(table.Bytes(), 0);
  EXPECT_FALSE(table.Contains(MakeEventId("1")));
}

TEST(EventIdTable, IdsThatShareTheirLowBitsStayApart) {
  EventIdTable table;
  for (uint64_t high = 1; high <= 100; ++high) EXPECT_TRUE(table.Insert({high, 64}));
  for (uint64_t high = 1; high <= 100; ++high) EXPECT_TRUE(table.Contains({high, 64}));
  EXPECT_FALSE(table.Contains({101, 64}));
}

}  // namespace
}  // namespace opentrail::engine
