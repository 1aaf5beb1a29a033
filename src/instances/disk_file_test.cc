#include "instances/disk_file.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "instances/console_log.h"

namespace opentrail::instances {
namespace {

constexpr const char* kId = "i-0123456789abcdef0";

class DiskFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/opentrail-disk-XXXXXX";
    data_ = mkdtemp(name);
    std::filesystem::create_directories(Root() + "/var/log");
  }
  void TearDown() override { std::filesystem::remove_all(data_); }
  [[nodiscard]] std::string Root() const { return data_ + "/instances/" + kId + "/upper"; }

  std::string data_;
};

TEST_F(DiskFileTest, LinksStayInside) {
  std::ofstream(data_ + "/secret") << "host";
  std::ofstream(Root() + "/var/log/real") << "instance";
  EXPECT_EQ(ReadDiskFile(data_, kId, "var/log/real").value_or(""), "instance");
  std::filesystem::create_symlink("/var/log/real", Root() + "/var/log/absolute");
  EXPECT_EQ(ReadDiskFile(data_, kId, "var/log/absolute").value_or(""), "instance");
  std::filesystem::create_symlink("../../../../../secret", Root() + "/var/log/up");
  EXPECT_EQ(ReadDiskFile(data_, kId, "var/log/up").error().code, ErrorCode::kNotFound);
  std::filesystem::create_symlink(data_ + "/secret", Root() + "/var/log/out");
  EXPECT_EQ(ReadDiskFile(data_, kId, "var/log/out").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ReadDiskFile(data_, kId, "var/log").error().code, ErrorCode::kNotFound);
}

TEST_F(DiskFileTest, ConsoleKeepsItsEnd) {
  const std::string file = ConsoleFile(data_, kId);
  EXPECT_EQ(ReadConsole(file).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(AppendConsole(file, "begin\n").has_value());
  EXPECT_EQ(ReadConsole(file).value_or(""), "begin\n");
  const std::string line(1023, 'x');
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(AppendConsole(file, line + "\n").has_value());
  ASSERT_TRUE(AppendConsole(file, "end\n").has_value());
  const auto shown = ReadConsole(file);
  ASSERT_TRUE(shown.has_value());
  EXPECT_EQ(shown->size(), kConsoleOutput);
  EXPECT_TRUE(shown->ends_with("x\nend\n"));
  EXPECT_LT(std::filesystem::file_size(file), 4 * kConsoleOutput + 1024);
}

}  // namespace
}  // namespace opentrail::instances
