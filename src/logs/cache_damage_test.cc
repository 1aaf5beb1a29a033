// Whatever happens to a cache's bytes, answers stay the same.
#include <cstring>
#include <random>

#include "logs/cache_folder.h"
#include "logs/cache_format.h"
#include "logs/cache_harness.h"

namespace opentrail::logs {
namespace {

namespace fs = std::filesystem;

class CacheDamageTest : public testing::Test {
 protected:
  CacheDamageTest() {
    fs::create_directory(folder_.Path() / "logs");
    scan_.logs = folder_.Path() / "logs";
    scan_.cache.folder = folder_.Path() / "cache";
    for (int file = 0; file < 3; ++file) {
      WriteTestFile(scan_.logs / fmt::format("{}.json", file), TestContent(file, 4));
    }
    truth_ = scan_.Ask(request_).rows;
    segment_ = cache::ListSegments(scan_.cache.folder).at(0);
    bytes_ = ReadTestFile(segment_);
    scan_.keeps = false;
  }

  // Asks with the segment replaced by `bytes`; gives how many files were parsed.
  size_t AskWith(std::string_view bytes) {
    std::ofstream(segment_, std::ios::binary) << bytes;
    TestAnswer answer = scan_.Ask(request_);
    EXPECT_EQ(answer.rows, truth_);
    return answer.parsed;
  }

  TestFolder folder_;
  TestScan scan_;
  ScanRequest request_{{"eventname", "eventid", "eventtime"}, {}, 0};
  std::vector<std::string> truth_;
  fs::path segment_;
  std::string bytes_;
};

TEST_F(CacheDamageTest, CutAtEveryByte) {
  ASSERT_EQ(AskWith(bytes_), 0U);
  for (size_t length = 0; length < bytes_.size(); ++length) {
    ASSERT_EQ(AskWith(std::string_view(bytes_).substr(0, length)), 3U) << "cut at " << length;
    ASSERT_FALSE(fs::exists(segment_)) << "a damaged segment is removed";
  }
}

TEST_F(CacheDamageTest, EveryByteChanged) {
  std::mt19937 random(7);
  for (size_t at = 0; at < bytes_.size(); ++at) {
    std::string changed = bytes_;
    changed[at] = static_cast<char>(changed[at] ^ (1 + random() % 255));
    ASSERT_EQ(AskWith(changed), 3U) << "changed at " << at;
  }
}

TEST_F(CacheDamageTest, ZeroedTails) {  // as a lost page of a file that was never synced
  for (size_t from = 0; from < bytes_.size(); from += 13) {
    std::string changed = bytes_;
    std::memset(changed.data() + from, 0, changed.size() - from);
    if (changed == bytes_) continue;
    ASSERT_EQ(AskWith(changed), 3U) << "zero from " << from;
  }
}

TEST_F(CacheDamageTest, BytesAppended) { EXPECT_EQ(AskWith(bytes_ + "x"), 3U); }

// A segment whose hashes were made to fit is believed as far as its values go, but must not lead outside its bounds.
TEST_F(CacheDamageTest, ForgedStructureIsBounded) {
  std::mt19937 random(11);
  for (int round = 0; round < 1000; ++round) {
    std::string forged = bytes_;
    for (int change = 0; change < 1 + round % 3; ++change) {
      size_t at = 24 + random() % (forged.size() - 24);
      forged[at] = static_cast<char>(random() % 4 == 0 ? 0xFF : random());
    }
    cache::SegmentHeader header;
    std::memcpy(&header, forged.data(), sizeof(header));
    header.file_bytes = forged.size();
    uint64_t directory = cache::DirectoryBytes(header);
    if (directory <= forged.size() - sizeof(header)) {
      std::string_view text = std::string_view(forged).substr(sizeof(header), directory);
      header.directory_hash = cache::Hash64(text);
    }
    header.header_hash = cache::Hash64({reinterpret_cast<const char*>(&header), sizeof(header) - 8});
    std::memcpy(forged.data(), &header, sizeof(header));
    std::ofstream(segment_, std::ios::binary) << forged;
    scan_.Ask(request_);  // the sanitizers watch
  }
}

}  // namespace
}  // namespace opentrail::logs
