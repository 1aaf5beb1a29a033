#include "store/object_store.h"

#include <fstream>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "codec/text.h"
#include "store/object_content.h"
#include "store/store_test_support.h"

namespace opentrail::store {
namespace {

const std::string kKey(32, 'k');

class ObjectStoreTest : public ::testing::Test {
 protected:
  ObjectStoreTest() { Reopen(); }

  void Reopen() {
    auto opened = ObjectStore::Open(objects_, state_, random_);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    store_ = std::move(*opened);
  }
  StagedContent Stage(const std::string& bytes, size_t piece = 10'000, const std::string& key = kKey) {
    auto writer = store_->Create(key);
    for (size_t at = 0; at < bytes.size(); at += piece) {
      EXPECT_TRUE((*writer)->Write(std::string_view(bytes).substr(at, piece)).has_value());
    }
    auto staged = (*writer)->Finish();
    EXPECT_TRUE(staged.has_value()) << staged.error().message;
    return *staged;
  }
  Segment Put(const std::string& bytes, const std::string& key = kKey) {
    const StagedContent staged = Stage(bytes, 10'000, key);
    Transaction transaction(state_);
    return {.content_id = store_->Adopt(transaction, staged), .key = key, .size = bytes.size()};
  }
  // In a committer of its own: what runs on commit needs one.
  void Release(int64_t id) {
    auto committer = Committer::Start(std::move(state_));
    EXPECT_TRUE((*committer)->Run([&](Transaction& transaction) { store_->Release(transaction, id); }).has_value());
    committer->reset();
    state_ = OpenState(directory_.Path("account.db"));
  }
  std::string Get(const std::vector<Segment>& segments, uint64_t offset, uint64_t length) {
    auto source = store_->Read(state_, segments, offset, length);
    if (!source) return "(error) " + source.error().message;
    EXPECT_EQ((*source)->size(), length);
    return ReadAll(**source);
  }

  TestDirectory directory_;
  std::string objects_ = directory_.Path("objects");
  Connection state_ = OpenState(directory_.Path("account.db"));
  SeededRandom random_{1};
  std::unique_ptr<ObjectStore> store_;
};

constexpr size_t kSizes[] = {0,
                             1,
                             4032,  // in one row, and from here on in two
                             4033,
                             4096,
                             8096,
                             8097,
                             16 * 1024,
                             16 * 1024 + 1,
                             kBlockBytes - 1,
                             kBlockBytes,
                             kBlockBytes + 1,
                             2 * kBlockBytes,
                             5 * kBlockBytes + 77};

TEST_F(ObjectStoreTest, GivesBackWhatWasPutInEverySize) {
  for (const size_t size : kSizes) {
    const std::string bytes = RandomBytes(random_, size);
    const Segment segment = Put(bytes);
    EXPECT_EQ(Get({segment}, 0, size), bytes) << size;
  }
  EXPECT_EQ(FilesUnder(objects_).size(), 6U) << "three are inline";
  EXPECT_TRUE(state_.status().has_value());
}

TEST_F(ObjectStoreTest, SizesAtRestAreAsTheFormatSays) {
  for (const size_t size : kSizes) {
    const StagedContent staged = Stage(std::string(size, 'x'));
    const uint64_t at_rest =
        staged.file.empty() ? staged.inline_bytes.size() : std::filesystem::file_size(objects_ + "/" + staged.file);
    EXPECT_EQ(at_rest, SizeAtRest(size)) << size;
    EXPECT_EQ(staged.size, size);
    EXPECT_EQ(staged.file.empty(), size <= ObjectStore::kMaxInlineBytes);
  }
}

TEST_F(ObjectStoreTest, ReadsAnyRangeAcrossBlocksAndSegments) {
  std::string whole;
  std::vector<Segment> segments;
  for (const size_t size : {kBlockBytes + 5, size_t{0}, size_t{100}, 3 * kBlockBytes, size_t{20'000}}) {
    const std::string bytes = RandomBytes(random_, size);
    segments.push_back(Put(bytes, RandomBytes(random_, 32)));
    whole += bytes;
  }
  EXPECT_EQ(Get(segments, 0, whole.size()), whole);
  for (uint64_t offset = 0; offset < whole.size(); offset += 7919) {
    for (const uint64_t length : {uint64_t{0}, uint64_t{1}, uint64_t{kBlockBytes}, whole.size() - offset}) {
      const uint64_t fits = std::min<uint64_t>(length, whole.size() - offset);
      ASSERT_EQ(Get(segments, offset, fits), whole.substr(offset, fits)) << offset << " " << length;
    }
  }
  EXPECT_EQ(store_->Read(state_, segments, 1, whole.size()).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(store_->Read(state_, segments, ~uint64_t{0}, 2).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(ObjectStoreTest, NothingLiesInTheOpen) {
  const std::string bytes(100'000, 'A');
  const StagedContent in_file = Stage(bytes);
  std::ifstream file(objects_ + "/" + in_file.file);
  const std::string at_rest((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(at_rest.find("AAAAAAAA"), std::string::npos);
  EXPECT_EQ(Stage("AAAAAAAAAAAAAAAA").inline_bytes.find("AAAAAAAA"), std::string::npos);
}

// Cut off, moved, or changed: never given out as if it were what was put.
TEST_F(ObjectStoreTest, TellsOfEveryChangeOfAFile) {
  const std::string bytes = RandomBytes(random_, 3 * kBlockBytes);
  const StagedContent staged = Stage(bytes);
  Transaction transaction(state_);
  const std::vector<Segment> segments = {{store_->Adopt(transaction, staged), kKey, bytes.size()}};
  const std::string path = objects_ + "/" + staged.file;
  std::ifstream in(path);
  const std::string good((std::istreambuf_iterator<char>(in)), {});
  const auto read_with = [&](const std::string& at_rest) {
    std::ofstream(path, std::ios::trunc) << at_rest;
    return Get(segments, 0, bytes.size());
  };
  EXPECT_EQ(read_with(good), bytes);
  EXPECT_NE(read_with(good.substr(0, good.size() - kSealedBlockBytes)), bytes);
  std::string swapped = good;
  for (size_t i = 0; i < kSealedBlockBytes; ++i) {
    std::swap(swapped[kContentHeadBytes + i], swapped[kContentHeadBytes + kSealedBlockBytes + i]);
  }
  EXPECT_EQ(read_with(swapped).substr(0, 7), "(error)");
  for (const size_t at : {size_t{0}, size_t{9}, size_t{16}, size_t{70'000}, good.size() - 1}) {
    std::string changed = good;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const std::string got = read_with(changed);
    EXPECT_TRUE(got.ends_with("(failed)") || got.starts_with("(error)")) << at;
  }
  // The first two blocks alone, for one who also rewrote the row's size: no block of them is a last one.
  read_with(good.substr(0, kContentHeadBytes + 2 * kSealedBlockBytes));
  state_.Execute("UPDATE content SET size = ?", 2 * kBlockBytes);
  const std::string cut = Get({{segments[0].content_id, kKey, 2 * kBlockBytes}}, 0, 2 * kBlockBytes);
  EXPECT_TRUE(cut.ends_with("(failed)"));
}

TEST_F(ObjectStoreTest, TellsOfTheWrongKeyAndOfWhatIsNotThere) {
  Segment segment = Put("small");
  segment.key = std::string(32, 'x');
  EXPECT_EQ(store_->Read(state_, {segment}, 0, 5).error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(store_->Read(state_, {{999, kKey, 5}}, 0, 5).error().code, ErrorCode::kNotFound);
}

TEST_F(ObjectStoreTest, ContentOfAPageLiesInTwoRowsAndGoesWithBoth) {
  const auto tails = [&] {
    Rows rows = state_.Query("SELECT count(*), coalesce(sum(length(bytes)), 0) FROM content_tail");
    return rows.Next() ? std::pair(rows.Integer(0), rows.Integer(1)) : std::pair<int64_t, int64_t>();
  };
  const std::string bytes = RandomBytes(random_, 4096);
  const Segment whole = Put(bytes);
  Put(RandomBytes(random_, 4032));
  Put(RandomBytes(random_, 8097));
  EXPECT_EQ(tails(), (std::pair<int64_t, int64_t>(1, 64)));
  // As version 1 of the tables had it.
  const Segment old = Put(bytes);
  state_.Execute(
      "UPDATE content SET bytes = CAST(bytes || (SELECT bytes FROM content_tail WHERE content = ?1) AS BLOB) WHERE id "
      "= ?1",
      old.content_id);
  state_.Execute("DELETE FROM content_tail WHERE content = ?", old.content_id);
  EXPECT_EQ(Get({old}, 0, bytes.size()), bytes);
  EXPECT_EQ(Get({whole}, 4000, 96), bytes.substr(4000));
  const Segment cut = Put(bytes);
  state_.Execute("DELETE FROM content_tail WHERE content = ?", cut.content_id);
  EXPECT_EQ(Get({cut}, 0, bytes.size()), "(error) inline content: the content at rest was changed");
  for (const Segment& each : {whole, old, cut}) Release(each.content_id);
  EXPECT_EQ(tails().first, 0);
}

TEST_F(ObjectStoreTest, AReaderKeepsWhatIsReleased) {
  const std::string bytes = RandomBytes(random_, 10 * kBlockBytes);
  const Segment first = Put(bytes);
  const Segment second = Put(bytes);
  auto source = store_->Read(state_, {first, second}, 0, 2 * bytes.size());
  auto other = store_->Read(state_, {second}, 0, bytes.size());
  Release(first.content_id);
  Release(second.content_id);
  EXPECT_EQ(FilesUnder(objects_).size(), 2U);
  store_.reset();  // a source may outlive the store
  EXPECT_EQ(ReadAll(**source), bytes + bytes);
  source->reset();
  EXPECT_EQ(FilesUnder(objects_).size(), 1U);
  EXPECT_EQ(ReadAll(**other), bytes);
  other->reset();
  EXPECT_TRUE(FilesUnder(objects_).empty());
}

TEST_F(ObjectStoreTest, DropsWhatWasNotFinishedOrNotAdopted) {
  {
    auto writer = store_->Create(kKey);
    ASSERT_TRUE((*writer)->Write(std::string(200'000, 'x')).has_value());
    EXPECT_EQ(FilesUnder(objects_).size(), 1U);
  }
  EXPECT_TRUE(FilesUnder(objects_).empty());
  store_->Drop(Stage(std::string(200'000, 'x')));
  EXPECT_TRUE(FilesUnder(objects_).empty());
}

TEST_F(ObjectStoreTest, SweepsWhatNoRowNamesAndNothingElse) {
  const std::string bytes(100'000, 'x');
  const Segment kept = Put(bytes);
  const StagedContent orphan = Stage(bytes);
  std::ofstream(objects_ + "/" + orphan.file + ".unfinished") << "half";
  std::ofstream(objects_ + "/README") << "not ours";
  std::ofstream(objects_ + "/" + orphan.file.substr(0, 3) + "notes") << "not ours";
  Reopen();
  EXPECT_EQ(FilesUnder(objects_).size(), 3U);
  EXPECT_EQ(Get({kept}, 0, bytes.size()), bytes);
}

TEST_F(ObjectStoreTest, AFullDiskIsToldAndLeavesNothing) {
  signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{.rlim_cur = 150'000, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  {
    auto writer = store_->Create(kKey);
    const Status written = (*writer)->Write(std::string(400'000, 'x'));
    EXPECT_FALSE(written.has_value());
    EXPECT_FALSE((*writer)->Finish().has_value());
  }
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_TRUE(FilesUnder(objects_).empty());
}

// docs/formats/object-content.md has this example.
TEST(ObjectContentTest, TheExampleOfTheFormat) {
  class Counting final : public RandomSource {
    void Fill(std::span<uint8_t> bytes) override {
      for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(0xa0 + i);
    }
  } random;
  std::string key;
  for (char c = 0; c < 32; ++c) key += c;
  BlockSealer sealer(key, random);
  std::string at_rest = sealer.head();
  sealer.Seal("hello", BlockPlace::kLast, at_rest);
  EXPECT_EQ(codec::HexEncode(at_rest),
            "4f544f424a435431a0a1a2a3a4a5a6a7"
            "963c82c43e55c0a547226eec656069dfb168843230");
}

}  // namespace
}  // namespace opentrail::store
