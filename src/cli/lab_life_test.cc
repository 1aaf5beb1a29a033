#include "cli/lab_life.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace opentrail::cli {
namespace {

// `lab down` removes a directory whole: it must be a lab's.
TEST(LabLife, OnlyWhatALabWasBegunInIsRemoved) {
  char name[] = "/tmp/opentrail-life-XXXXXX";
  ASSERT_NE(mkdtemp(name), nullptr);
  const std::string data = name;
  std::filesystem::create_directories(data + "/lab/site");
  std::ofstream(data + "/precious") << "a repository has a folder lab, too";
  EXPECT_FALSE(IsLab(data));
  EXPECT_TRUE(TakeLabDown(data).has_value());
  EXPECT_TRUE(std::filesystem::exists(data + "/precious"));

  std::ofstream(data + "/lab/this-is-a-lab") << "";
  EXPECT_TRUE(IsLab(data));
  EXPECT_TRUE(TakeLabDown(data).has_value());
  EXPECT_FALSE(std::filesystem::exists(data));
  EXPECT_TRUE(TakeLabDown(data).has_value()) << "again: nothing to do";
}

}  // namespace
}  // namespace opentrail::cli
