#include "lab/draw.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace opentrail::lab {
namespace {

TEST(Draw, ASeedRepeatsARunAndAnotherGivesAnother) {
  const Draw one = DrawOf(7), again = DrawOf(7), other = DrawOf(8);
  EXPECT_EQ(one.account_id, again.account_id);
  EXPECT_EQ(one.intruder_address, again.intruder_address);
  EXPECT_EQ(one.intruder_password, again.intruder_password);
  EXPECT_EQ(one.page_token, again.page_token);
  EXPECT_NE(one.account_id, other.account_id);
  EXPECT_NE(one.page_token, other.page_token);
}

TEST(Draw, WhatIsDrawnIsWhatTheAccountTakes) {
  std::set<std::string> addresses;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    const Draw draw = DrawOf(seed);
    EXPECT_EQ(draw.account_id.size(), 12u);
    EXPECT_NE(draw.account_id.front(), '0');
    EXPECT_TRUE(draw.intruder_address.starts_with("203.0.113.") || draw.intruder_address.starts_with("192.0.2."));
    EXPECT_EQ(std::set(draw.staff_addresses.begin(), draw.staff_addresses.end()).size(), kStaff);
    EXPECT_EQ(std::ranges::find(draw.staff_addresses, draw.intruder_address), draw.staff_addresses.end());
    EXPECT_LT(draw.attack_delay_seconds, 45) << "with her commands: within a minute";
    EXPECT_GT(draw.attack_delay_seconds, 0);
    EXPECT_GE(draw.student_password.size(), 14u);
    addresses.insert(draw.intruder_address);
  }
  EXPECT_GT(addresses.size(), 200u);
}

}  // namespace
}  // namespace opentrail::lab
