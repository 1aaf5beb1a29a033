#include "instances/subordinate_ids.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

namespace opentrail::instances {
namespace {

std::optional<SubordinateIds> FindIn(const char* text) {
  char name[] = "/tmp/opentrail-subuid-XXXXXX";
  close(mkstemp(name));
  std::ofstream(name) << text;
  auto found = FindSubordinateIds(name, "ana", 1000);
  unlink(name);
  return found;
}

TEST(SubordinateIdsTest, AreFoundByNameOrNumber) {
  EXPECT_EQ(FindIn("bob:100000:65536\nana:165536:65536\n").value().first, 165536);
  EXPECT_EQ(FindIn("1000:300000:70000\n").value().first, 300000);
}

TEST(SubordinateIdsTest, TooFewOrDamagedAreNone) {
  for (const char* text : {"", "ana:100000:65534\n", "anastasia:100000:65536\n", "ana:x:65536\n", "ana:100000\n",
                           "ana:100000:65536 \n", "ana:-5:65536\n"}) {
    EXPECT_FALSE(FindIn(text)) << text;
  }
  EXPECT_FALSE(FindSubordinateIds("/nowhere/subuid", "ana", 1000));
}

TEST(SubordinateIdsTest, TheFirstRangeThatIsLargeEnoughCounts) {
  EXPECT_EQ(FindIn("ana:1:10\nana:200000:65536\nana:400000:65536\n").value().first, 200000);
}

}  // namespace
}  // namespace opentrail::instances
