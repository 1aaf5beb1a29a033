#include "store/journal.h"

#include <cstring>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store/store_test_support.h"

namespace opentrail::store {
namespace {

Time At(int64_t milliseconds) { return Time(std::chrono::milliseconds(milliseconds)); }

class JournalTest : public ::testing::Test {
 protected:
  // Entries whose records are their numbers, in blocks of the sizes given.
  void Fill(std::initializer_list<int> blocks) {
    JournalWriter writer(connection_);
    connection_.Execute("BEGIN");
    for (const int entries : blocks) {
      for (int i = 0; i < entries; ++i) {
        const std::string record = std::to_string(writer.last() + 1);
        writer.Append({.time = At(1000 + writer.last()), .region = "eu-west-1", .record = record});
      }
      writer.Flush();
    }
    connection_.Execute("COMMIT");
    writer.Committed();
  }
  std::string Read(int64_t after, int64_t until = JournalRows::kToTheEnd) {
    std::string all;
    for (JournalRows rows(connection_, after, until); rows.Next();) all += fmt::format("{} ", rows.entry().record);
    return all;
  }
  int64_t Blocks() {
    Rows rows = connection_.Query("SELECT count(*) FROM journal_block");
    return rows.Next() ? rows.Integer(0) : -1;
  }
  std::string Fault() {
    const std::string message = connection_.status() ? "" : connection_.status().error().message;
    connection_.ClearStatus();
    return message;
  }

  TestDirectory directory_;
  Connection connection_ = OpenState(directory_.Path("account.db"));
};

TEST_F(JournalTest, EntriesComeBackAsTheyWereWritten) {
  EXPECT_EQ(LastJournalEntry(connection_), 0);
  JournalWriter writer(connection_);
  connection_.Execute("BEGIN");
  writer.Append({.time = At(-5), .management = false, .region = "us-east-1", .record = R"({"a":1})"});
  writer.Append({.time = At(1'772'626'018'123), .management = true, .region = "", .record = ""});
  writer.Flush();
  writer.Flush();  // nothing is left
  connection_.Execute("COMMIT");
  EXPECT_EQ(LastJournalEntry(connection_), 2);
  EXPECT_EQ(Blocks(), 1);
  JournalRows rows(connection_, 0);
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.entry().seq, 1);
  EXPECT_EQ(rows.entry().time, At(-5));
  EXPECT_FALSE(rows.entry().management);
  EXPECT_EQ(rows.entry().region, "us-east-1");
  EXPECT_EQ(rows.entry().record, R"({"a":1})");
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.entry().seq, 2);
  EXPECT_EQ(rows.entry().time, At(1'772'626'018'123));
  EXPECT_TRUE(rows.entry().management);
  EXPECT_EQ(rows.entry().region, "");
  EXPECT_EQ(rows.entry().record, "");
  EXPECT_FALSE(rows.Next());
  EXPECT_FALSE(rows.Next());
}

TEST_F(JournalTest, AnyStretchIsReadAndAnySingleEntry) {
  EXPECT_EQ(Read(0), "");
  Fill({1, 3, 1, 4});
  for (int64_t after = 0; after <= 10; ++after) {
    for (int64_t until = 0; until <= 11; ++until) {
      std::string expected;
      for (int64_t seq = after + 1; seq <= std::min<int64_t>(until, 9); ++seq) expected += fmt::format("{} ", seq);
      EXPECT_EQ(Read(after, until), expected) << after << " " << until;
    }
  }
  EXPECT_EQ(Read(7), "8 9 ");
  JournalLookup lookup;
  for (const int64_t seq : {5, 2, 4, 3, 9, 9, 1, 6}) {
    const auto entry = lookup.Find(connection_, seq);
    ASSERT_TRUE(entry.has_value()) << seq;
    EXPECT_EQ(entry->seq, seq);
    EXPECT_EQ(entry->record, std::to_string(seq));
  }
  for (const int64_t seq : {0, -1, 10}) EXPECT_FALSE(lookup.Find(connection_, seq).has_value()) << seq;
  EXPECT_TRUE(lookup.Find(connection_, 3).has_value());
  EXPECT_TRUE(connection_.status().has_value());
}

TEST_F(JournalTest, WhatIsRolledBackWasNeverThere) {
  Fill({2});
  JournalWriter writer(connection_);
  for (const bool flushed : {false, true}) {
    connection_.Execute("BEGIN");
    writer.Append({.region = "us-east-1", .record = "lost"});
    EXPECT_EQ(writer.last(), 3);
    if (flushed) writer.Flush();
    connection_.Execute("ROLLBACK");
    writer.RolledBack();
    EXPECT_EQ(writer.last(), 2);
  }
  writer.Append({.region = "us-east-1", .record = "3"});
  writer.Flush();
  EXPECT_EQ(Read(0), "1 2 3 ");
}

TEST_F(JournalTest, LargeRecordsEndTheirBlock) {
  JournalWriter writer(connection_);
  const std::string large(kFullBlockBytes / 2, 'r');
  connection_.Execute("BEGIN");
  for (int i = 0; i < 5; ++i) writer.Append({.region = "us-east-1", .record = large});
  writer.Flush();
  connection_.Execute("COMMIT");
  EXPECT_EQ(Blocks(), 3);
  int entries = 0;
  for (JournalRows rows(connection_, 0); rows.Next(); ++entries) EXPECT_EQ(rows.entry().record, large);
  EXPECT_EQ(entries, 5);

  const std::string too_large(kMaxBlockBytes, 'r');
  writer.Append({.region = "us-east-1", .record = too_large});
  EXPECT_EQ(Fault(),
            directory_.Path("account.db") + ": a record of 67108864 bytes is longer than a block of the journal takes");
  EXPECT_EQ(writer.last(), 5);
}

TEST_F(JournalTest, ADamagedBlockIsToldOfAndEndsTheReading) {
  Fill({2, 2, 2});
  connection_.Execute("UPDATE journal_block SET block = x'00' WHERE last = 4");
  EXPECT_EQ(Read(0), "1 2 ");
  EXPECT_EQ(Fault(), directory_.Path("account.db") + ": journal entries 3 to 4: no zstd frame");
  EXPECT_EQ(Read(4), "5 6 ");
  JournalLookup lookup;
  EXPECT_FALSE(lookup.Find(connection_, 3).has_value());
  EXPECT_EQ(Fault(), directory_.Path("account.db") + ": journal entries 3 to 4: no zstd frame");
  EXPECT_TRUE(lookup.Find(connection_, 6).has_value());

  // A whole frame whose last entry is cut off.
  std::string text(16, '\0');
  text[8] = 1;  // bytes of the record
  connection_.Execute("UPDATE journal_block SET block = ? WHERE last = 4",
                      Blob{codec::ZstdCompressor(1).Compress(text + "r" + text)});
  EXPECT_EQ(Read(0), "1 2 r ");
  EXPECT_EQ(Fault(), directory_.Path("account.db") + ": journal entries 3 to 4: entry 4 is cut off");
  connection_.Execute("UPDATE journal_block SET block = ? WHERE last = 4",
                      Blob{codec::ZstdCompressor(1).Compress(text + "rxx")});
  EXPECT_EQ(Read(0), "1 2 r ");
  EXPECT_EQ(Fault(), directory_.Path("account.db") + ": journal entries 3 to 4: entry 4 is cut off");

  // One that holds other entries than its row says.
  connection_.Execute("UPDATE journal_block SET block = ? WHERE last = 4",
                      Blob{codec::ZstdCompressor(1).Compress(text + "r")});
  EXPECT_EQ(Read(0), "1 2 r ");
  EXPECT_EQ(Fault(), directory_.Path("account.db") + ": journal entries 3 to 4: the block ends before entry 4");
  EXPECT_FALSE(lookup.Find(connection_, 4).has_value());
  EXPECT_EQ(Fault(), directory_.Path("account.db") + ": journal entry 4: the block ends before entry 4");
  text[8] = 0;
  connection_.Execute("UPDATE journal_block SET block = ? WHERE last = 4",
                      Blob{codec::ZstdCompressor(1).Compress(text + text + text)});
  EXPECT_EQ(Read(0), "1 2   ");
  EXPECT_EQ(Fault(), directory_.Path("account.db") + ": journal entries 3 to 4: the block goes on after entry 4");
}

TEST_F(JournalTest, AMissingBlockIsToldOf) {
  Fill({2, 2, 2});
  connection_.Execute("DELETE FROM journal_block WHERE last = 4");
  EXPECT_EQ(Read(0), "1 2 ");
  EXPECT_EQ(Fault(), directory_.Path("account.db") + ": journal entries 3 to 4 are missing");
  EXPECT_EQ(Read(3), "");
  EXPECT_NE(Fault(), "");
  EXPECT_EQ(Read(4), "5 6 ");
  EXPECT_FALSE(JournalLookup().Find(connection_, 3).has_value());
}

}  // namespace
}  // namespace opentrail::store
