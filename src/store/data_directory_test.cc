#include "store/data_directory.h"

#include <fstream>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store_test_support.h"

namespace opentrail::store {
namespace {

TEST(DataDirectoryTest, IsMadeForItsOwnerAloneWithItsParents) {
  const TestDirectory root;
  const auto opened = DataDirectory::Open(root.Path("a/b/data/"));
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  EXPECT_EQ((*opened)->Path("account.db"), root.Path("a/b/data/account.db"));
  struct stat info{};
  ASSERT_EQ(stat(root.Path("a/b/data").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
}

TEST(DataDirectoryTest, ASecondServerIsKeptOutAndToldWhoIsIn) {
  const TestDirectory root;
  auto first = DataDirectory::Open(root.Path("data"));
  ASSERT_TRUE(first.has_value());
  const auto second = DataDirectory::Open(root.Path("data"));
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kInvalidArgument);
  EXPECT_NE(second.error().message.find("pid " + std::to_string(getpid())), std::string::npos);
  first->reset();
  EXPECT_TRUE(DataDirectory::Open(root.Path("data")).has_value());
}

TEST(DataDirectoryTest, AKilledServerLeavesItFree) {
  const TestDirectory root;
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto held = DataDirectory::Open(root.Path("data"));
    if (write(ready[1], held ? "y" : "n", 1) == 1) pause();
    _exit(0);
  }
  char answer = 0;
  ASSERT_EQ(read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_FALSE(DataDirectory::Open(root.Path("data")).has_value());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(DataDirectory::Open(root.Path("data")).has_value());
}

TEST(DataDirectoryTest, RefusesAFileInItsPlace) {
  const TestDirectory root;
  std::ofstream(root.Path("data")) << "x";
  EXPECT_FALSE(DataDirectory::Open(root.Path("data")).has_value());
  EXPECT_FALSE(DataDirectory::Open("").has_value());
}

}  // namespace
}  // namespace opentrail::store
