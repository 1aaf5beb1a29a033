#include "logs/discovery.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace opentrail::logs {
namespace {

namespace fs = std::filesystem;

class Discovery : public testing::Test {
 protected:
  Discovery() : root_(fs::temp_directory_path() / ("opentrail-discovery-" + std::to_string(getpid()))) {
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~Discovery() override { fs::remove_all(root_); }

  void Write(const std::string& path, std::string_view content = "{}") const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << content;
  }

  // Paths below the root, sorted.
  std::vector<std::string> List(const std::vector<fs::path>& roots) const {
    CancelToken cancel;
    Result<Listing> listing = ListLogFiles(roots, cancel);
    if (!listing) return {listing.error().message};
    std::vector<std::string> paths;
    for (const LogFile& file : listing->files) paths.push_back(fs::path(file.path).lexically_relative(root_));
    std::ranges::sort(paths);
    return paths;
  }

  fs::path root_;
};

using Paths = std::vector<std::string>;

TEST_F(Discovery, TakesLogsAndLeavesTheRest) {
  for (const char* path : {"a.json", "b/c.json.gz", "b/d.jsonl", "e.ndjson", "f.gz", "g.json.cloudtrail"}) Write(path);
  for (const char* path :
       {"LICENSE", "x.csv", ".hidden.json", "_SUCCESS.json", ".git/a.json", "_tmp/a.json",
        "AWSLogs/1/CloudTrail-Digest/us-east-1/d.json.gz", "1_CloudTrail-Digest_us-east-1_t.json.gz"}) {
    Write(path);
  }
  EXPECT_EQ(List({root_}), (Paths{"a.json", "b/c.json.gz", "b/d.jsonl", "e.ndjson", "f.gz", "g.json.cloudtrail"}));
}

TEST_F(Discovery, TakesAnyFileThatIsNamed) {
  Write("notes.txt");
  EXPECT_EQ(List({root_ / "notes.txt"}), Paths{"notes.txt"});
}

TEST_F(Discovery, GivesEachFileOnce) {
  Write("a/b.json");
  fs::create_symlink(root_ / "a", root_ / "a/loop");
  fs::create_symlink(root_ / "a/b.json", root_ / "link.json");
  fs::create_hard_link(root_ / "a/b.json", root_ / "hard.json");
  EXPECT_EQ(List({root_, root_ / "a", root_ / "a/b.json"}).size(), 1U);
}

TEST_F(Discovery, FollowsLinksOutOfTheTree) {
  Write("store/x.json");
  fs::create_directories(root_ / "view");
  fs::create_directory_symlink(root_ / "store", root_ / "view/store");
  EXPECT_EQ(List({root_ / "view"}), Paths{"view/store/x.json"});
}

TEST_F(Discovery, NamesWhatIsMissing) {
  CancelToken cancel;
  std::vector<fs::path> roots = {root_ / "nowhere"};
  Result<Listing> listing = ListLogFiles(roots, cancel);
  ASSERT_FALSE(listing);
  EXPECT_EQ(listing.error().code, ErrorCode::kNotFound);
}

TEST_F(Discovery, BrokenLinksAreFaults) {
  fs::create_symlink(root_ / "gone", root_ / "broken.json");
  CancelToken cancel;
  std::vector<fs::path> roots = {root_};
  Result<Listing> listing = ListLogFiles(roots, cancel);
  ASSERT_TRUE(listing);
  EXPECT_EQ(listing->faults.size(), 1U);
}

TEST_F(Discovery, StopsWhenCancelled) {
  Write("a.json");
  CancelToken cancel;
  cancel.Cancel();
  std::vector<fs::path> roots = {root_};
  EXPECT_EQ(ListLogFiles(roots, cancel).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace opentrail::logs
