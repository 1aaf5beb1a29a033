#include "logs/cache_format.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "logs/cache_column_builder.h"

namespace opentrail::logs::cache {
namespace {

// The example of docs/formats/cache.md: one log file of three events, of which eventname was asked.
std::string ExampleSegment() {
  ColumnBuilder builder("eventname");
  std::vector<std::string_view> values{"StopLogging", {}, "StopLogging"};
  builder.Append(values);
  Directory directory;
  FileEntry file{};
  file.path = HashText("/logs/a.json.gz");
  file.size = 700;
  file.mtime_ns = 1'700'000'000'000'000'001;
  file.ctime_ns = 1'700'000'000'000'000'002;
  file.inode = 42;
  file.head_hash = Hash64("head and tail");
  file.rows = 3;
  file.checked_by_content = 1;
  directory.files.push_back(file);
  std::vector<std::string> blocks;
  uint64_t blocks_bytes = 0;
  builder.Seal(directory, blocks, blocks_bytes);
  SegmentHeader header{};
  header.reader_version = 1;
  header.created_ns = 1'700'000'001'000'000'000;
  header.rows = 3;
  std::string bytes = WriteHeaderAndDirectory(header, directory, blocks_bytes);
  for (const std::string& block : blocks) bytes += block;
  return bytes;
}

std::string Hex(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    text += fmt::format("{:02x}", static_cast<uint8_t>(bytes[i]));
    text += i % 16 == 15 ? '\n' : ' ';
  }
  return text;
}

TEST(CacheFormat, ExampleOfTheDocument) {
  EXPECT_EQ(Hex(ExampleSegment()),
            "4f 54 53 45 47 4d 4e 54 01 00 00 00 01 00 00 00\n"
            "1b 01 00 00 00 00 00 00 00 ca c4 71 fe 9c 97 17\n"
            "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
            "00 00 00 00 01 00 00 00 01 00 00 00 03 00 00 00\n"
            "01 00 00 00 02 00 00 00 00 00 00 00 09 00 00 00\n"
            "71 ec 80 0c f1 b5 72 62 05 32 6b b8 01 4e 7e 32\n"
            "4a 1d 8e 55 dc 22 21 ff 29 99 36 b1 45 bf a6 a9\n"
            "bc 02 00 00 00 00 00 00 01 00 2a 36 fe 9c 97 17\n"
            "02 00 2a 36 fe 9c 97 17 2a 00 00 00 00 00 00 00\n"
            "e4 a9 7f c7 8a f1 46 08 00 00 00 00 03 00 00 00\n"
            "01 00 00 00 00 00 00 00 00 00 00 00 09 00 00 00\n"
            "01 01 00 00 00 00 00 00 02 00 00 00 05 01 00 00\n"
            "00 00 00 00 13 00 00 00 13 00 00 00 00 00 00 00\n"
            "02 00 00 00 9a 64 71 9b 3c 9f ee 9e 18 01 00 00\n"
            "00 00 00 00 03 00 00 00 03 00 00 00 00 00 00 00\n"
            "03 00 00 00 39 04 fe ef ae 25 9b 6b 65 76 65 6e\n"
            "74 6e 61 6d 65 0b 00 00 00 ff ff ff ff 53 74 6f\n"
            "70 4c 6f 67 67 69 6e 67 00 01 00 ");
}

TEST(CacheFormat, ExampleReadsBack) {
  std::string bytes = ExampleSegment();
  Result<SegmentHeader> header = ParseHeader(bytes, bytes.size());
  ASSERT_TRUE(header) << header.error().message;
  uint64_t directory_bytes = DirectoryBytes(*header);
  Result<Directory> directory =
      ParseDirectory(*header, std::string_view(bytes).substr(sizeof(SegmentHeader), directory_bytes));
  ASSERT_TRUE(directory) << directory.error().message;
  ASSERT_EQ(directory->columns.size(), 1U);
  EXPECT_EQ(directory->Name(directory->columns[0]), "eventname");
  EXPECT_EQ(directory->files[0].rows, 3U);
  const BlockEntry& block = directory->blocks[0];
  auto values = ParseValues(std::string_view(bytes).substr(block.offset, block.stored_bytes), block.rows);
  ASSERT_TRUE(values);
  EXPECT_EQ((*values)[0], "StopLogging");
  EXPECT_EQ((*values)[1].data(), nullptr);
}

TEST(CacheFormat, RefusesOtherVersionsWithoutCallingThemDamaged) {
  std::string bytes = ExampleSegment();
  SegmentHeader header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  header.format_version = 2;
  header.header_hash = Hash64({reinterpret_cast<const char*>(&header), sizeof(header) - 8});
  std::memcpy(bytes.data(), &header, sizeof(header));
  Result<SegmentHeader> parsed = ParseHeader(bytes, bytes.size());
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, ErrorCode::kUnsupported);
}

TEST(CacheFormat, EmptyTextIsNotNull) {
  std::string block = WriteValues(std::vector<uint32_t>{0, kNullLength, 2}, "ab");
  auto values = ParseValues(block, 3);
  ASSERT_TRUE(values);
  EXPECT_NE((*values)[0].data(), nullptr);
  EXPECT_EQ((*values)[1].data(), nullptr);
  EXPECT_EQ((*values)[2], "ab");
}

TEST(CacheFormat, ValuesMustFillTheirBlock) {
  std::string block = WriteValues(std::vector<uint32_t>{1, 2}, "abc");
  EXPECT_TRUE(ParseValues(block, 2));
  EXPECT_FALSE(ParseValues(block, 1));
  EXPECT_FALSE(ParseValues(block, 3));
  EXPECT_FALSE(ParseValues(block + "x", 2));
  EXPECT_FALSE(ParseValues(std::string_view(block).substr(0, block.size() - 1), 2));
  EXPECT_FALSE(ParseValues(block, kNullLength));
}

TEST(CacheFormat, PacksWhatShrinks) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "2024-03-08T23:59:58Z";
  std::string packed = Pack(text);
  EXPECT_LT(packed.size(), text.size() / 2);
  EXPECT_EQ(*Unpack(packed, text.size()), text);
  EXPECT_FALSE(Unpack(packed, text.size() + 1));
  EXPECT_FALSE(Unpack(packed, text.size() - 1));
  EXPECT_EQ(Pack("short"), "short");
  EXPECT_EQ(*Unpack("short", 5), "short");
}

uint32_t Number(ValueTable& table, std::string_view value) {
  std::vector<uint32_t> numbers;
  table.Number(std::span(&value, 1), numbers);
  return numbers.at(0);
}

TEST(CacheFormat, ValueTableNumbersEachValueOnce) {
  ValueTable table;
  for (int round = 0; round < 2; ++round) {
    for (uint32_t i = 0; i < 5000; ++i) {
      std::string value = fmt::format("value{}", i);
      ASSERT_EQ(Number(table, value), i);
    }
  }
  EXPECT_EQ(Number(table, {}), 5000U);
  EXPECT_EQ(Number(table, ""), 5001U);
  EXPECT_EQ(Number(table, {}), 5000U);
  EXPECT_EQ(table.Value(4999), "value4999");
}

}  // namespace
}  // namespace opentrail::logs::cache
