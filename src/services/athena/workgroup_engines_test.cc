#include "services/athena/workgroup_engines.h"

#include <vector>

#include <gtest/gtest.h>

namespace opentrail::services::athena {
namespace {

std::string ErrorOf(const std::vector<std::string>& settings) {
  const auto engines = ParseWorkgroupEngines(settings);
  return engines ? std::string() : engines.error().message;
}

TEST(WorkgroupEnginesTest, ReadsTheEngineOfAllAndOfOne) {
  const std::vector<std::string> settings = {"trino=http://127.0.0.1:8080/", "small.team-1:embedded",
                                             "big:trino=https://trino.example"};
  const auto engines = ParseWorkgroupEngines(settings);
  ASSERT_TRUE(engines) << engines.error().message;
  EXPECT_EQ(*engines,
            (WorkgroupEngines{{"", "http://127.0.0.1:8080"}, {"small.team-1", ""}, {"big", "https://trino.example"}}));
  EXPECT_TRUE(ParseWorkgroupEngines({})->empty());
}

TEST(WorkgroupEnginesTest, SaysWhatIsWrong) {
  EXPECT_EQ(ErrorOf({"spark"}),
            "spark: is no engine; one is [WORKGROUP:]trino=http://HOST:PORT or [WORKGROUP:]embedded");
  EXPECT_EQ(ErrorOf({"a:embedded", "a:trino=http://h"}), "a:trino=http://h: the second engine for the same workgroup");
  for (const char* url : {"h:8080", "ftp://h", "http://h/path", "http://u@h", "http://h?x", "http://h\nX: y"}) {
    EXPECT_EQ(ErrorOf({std::string("trino=") + url}),
              std::string(url) + ": is no address of a Trino coordinator: http://HOST:PORT or https://");
  }
}

}  // namespace
}  // namespace opentrail::services::athena
