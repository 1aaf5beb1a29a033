#include "instances/init/boot_record.h"

#include <gtest/gtest.h>

namespace opentrail::instances {
namespace {

TEST(BootRecord, CarriesAnyBytes) {
  const std::string bytes("a\0\n5 7\n\xFF", 9);
  const BootRecord record{
      {"hostname", "ip-172-31-0-10"}, {"user_data", bytes}, {"empty", ""}, {"nameserver", "1"}, {"nameserver", "2"}};
  const auto read = ReadBootRecord(WriteBootRecord(record));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, record);
  EXPECT_EQ(BootField(*read, "user_data"), bytes);
  EXPECT_EQ(BootField(*read, "nameserver"), "1");
  EXPECT_EQ(BootField(*read, "none"), "");
}

TEST(BootRecord, RefusesWhatIsNone) {
  EXPECT_TRUE(ReadBootRecord("")->empty());
  for (const char* text : {"a", "a 1", "a 1\n", "a 1\nx", "a 2\nx\n", "a x\nx\n", "a 99999999\nx\n", "a -1\nx\n",
                           "a \nx\n", "a 1\nx\nb"}) {
    EXPECT_FALSE(ReadBootRecord(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace opentrail::instances
