// Tables of every form: read from files that the test writes, and written by the engine and read back.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "codec/gzip_writer.h"
#include "engine/duck_engine.h"
#include "formats/partition_filters.h"
#include "logs/folder_store.h"
#include "sql/translate.h"

namespace opentrail::engine {
namespace {

namespace fs = std::filesystem;

// A store of folders whose names tell partitions: "dt=2026-03-01/".
class HiveFolders final : public logs::FileStore {
 public:
  HiveFolders(fs::path root, std::vector<std::string> keys)
      : root_(std::move(root)), keys_(std::move(keys)), files_(root_) {}

  Result<logs::Listing> List(std::span<const logs::Predicate> predicates, const CancelToken& cancel) override {
    filters = formats::KeyFiltersOf(predicates);
    auto listing = files_.List(predicates, cancel);
    if (!listing) return listing;
    std::erase_if(listing->files, [&](logs::LogFile& file) {
      const auto folders = formats::ParseFolders(file.path.substr(root_.string().size() + 1));
      file.partition = formats::PartitionFieldsOf(keys_, folders.values);
      for (size_t i = 0; i < keys_.size(); ++i) {
        if (!catalog::PassesAll(filters, keys_[i], folders.values[i])) return true;
      }
      return false;
    });
    listed = listing->files.size();
    return listing;
  }
  [[nodiscard]] bool IsOnDisk() const override { return true; }
  Status Read(const logs::LogFile& file, uint64_t max, std::vector<uint8_t>& content) override {
    return files_.Read(file, max, content);
  }
  Status ReadRange(const logs::LogFile& file, uint64_t offset, uint64_t bytes, uint8_t* out) override {
    return files_.ReadRange(file, offset, bytes, out);
  }

  std::vector<catalog::KeyFilter> filters;
  size_t listed = 0;

 private:
  const fs::path root_;
  const std::vector<std::string> keys_;
  logs::FolderStore files_;
};

// Takes written files into a folder, partitions as Hive names them.
class DiskFolder final : public OutputFolder {
 public:
  DiskFolder(fs::path root, std::vector<std::string> keys) : root_(std::move(root)), keys_(std::move(keys)) {}

  Result<std::unique_ptr<OutputFile>> Create(const std::vector<std::string>& partition) override {
    const std::lock_guard lock(mutex_);
    if (refuses) return MakeError(ErrorCode::kIo, "PERMISSION_DENIED: no");
    fs::path path = root_;
    for (size_t i = 0; i < partition.size(); ++i) path /= formats::FolderName(keys_[i], partition[i]);
    fs::create_directories(path);
    return std::make_unique<File>(path / ("part" + std::to_string(files++)));
  }

  bool refuses = false;
  int files = 0;

 private:
  class File final : public OutputFile {
   public:
    explicit File(const fs::path& path) : stream_(path, std::ios::binary) {}
    Status Write(std::string_view bytes) override {
      stream_ << bytes;
      return {};
    }
    Status Finish() override {
      stream_.close();
      return {};
    }

   private:
    std::ofstream stream_;
  };

  const fs::path root_;
  const std::vector<std::string> keys_;
  std::mutex mutex_;
};

class TableFormatsTest : public testing::Test {
 protected:
  TableFormatsTest() : root_(fs::temp_directory_path() / ("opentrail-tables-" + std::to_string(getpid()))) {
    fs::remove_all(root_);
    fs::create_directories(root_ / "t");
    auto opened = DuckEngine::Open({.threads = 2, .memory_limit_bytes = 128 << 20});
    EXPECT_TRUE(opened) << opened.error().message;
    engine_ = std::move(*opened);
  }
  ~TableFormatsTest() override {
    engine_.reset();
    fs::remove_all(root_);
  }

  void Write(const std::string& path, std::string_view content) const {
    fs::create_directories((root_ / "t" / path).parent_path());
    std::ofstream(root_ / "t" / path, std::ios::binary) << content;
  }

  using Columns = std::vector<std::pair<std::string, std::string>>;

  // The table `name` over the test's folder; keys: partition columns, the last ones.
  Status Declare(const formats::TableFormat& format, const Columns& columns, size_t keys = 0,
                 const std::string& name = "t") {
    BoundTable bound;
    bound.table = {"awsdatacatalog", "default", name, {}};
    std::vector<std::string> key_names;
    for (size_t i = 0; i < columns.size(); ++i) {
      const bool is_key = i >= columns.size() - keys;
      bound.table.columns.push_back({columns[i].first, columns[i].second, false, is_key});
      if (is_key) key_names.push_back(columns[i].first);
    }
    catalog::AddFileColumns(bound.table);
    store_ = std::make_shared<HiveFolders>(root_ / name, key_names);
    bound.source.store = store_;
    bound.source.strict = true;
    bound.format = format;
    return engine_->AddTable(std::move(bound));
  }

  // Rows joined by ';', values by '|', NULL as "NULL".
  std::string Run(const std::string& statement) {
    auto result = engine_->Query(statement, {}, cancel_);
    if (!result) return "refused: " + result.error().message;
    std::string text;
    for (;;) {
      auto rows = (*result)->Next();
      if (!rows) return "error: " + rows.error().message;
      if (rows->empty()) return text;
      for (const Row& row : *rows) {
        if (!text.empty()) text += ";";
        for (size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : "|") + row[i].value_or("NULL");
      }
    }
  }

  // Writes the query's rows into folder `name` and declares the table over it; rows, or the error.
  std::string WriteTable(const std::string& query, const formats::WriteFormat& format, const Columns& columns,
                         size_t keys, const std::string& name) {
    auto translation = sql::Translate(query, engine_->Catalog(), {});
    if (!translation) return translation.error().Text();
    TableOutput output{format, {}, keys};
    std::vector<std::string> key_names;
    for (size_t i = 0; i < columns.size(); ++i) {
      output.names.push_back(columns[i].first);
      if (i >= columns.size() - keys) key_names.push_back(columns[i].first);
    }
    fs::create_directories(root_ / name);
    DiskFolder folder(root_ / name, key_names);
    const auto rows = engine_->Write(*translation, output, folder, cancel_);
    if (!rows) return rows.error().message;
    formats::TableFormat table_format;
    std::visit([&](const auto& form) { table_format.form = form; }, format.form);
    const Status declared = Declare(table_format, columns, keys, name);
    return declared ? std::to_string(*rows) : declared.error().message;
  }

  fs::path root_;
  CancelToken cancel_;
  std::unique_ptr<DuckEngine> engine_;
  std::shared_ptr<HiveFolders> store_;
};

TEST_F(TableFormatsTest, JsonLinesHaveTypes) {
  Write("a.json", R"({"i":1,"d":1.5,"b":true,"s":{"X":"y","n":[1,2]},"m":{"k":"v"},"day":"2026-03-01","raw":{"a": 1}}
{"i":2,"at":"2026-03-01 10:00:00.5","dec":"12.345","code":"abcdef"}
)");
  ASSERT_TRUE(Declare({formats::JsonFormat{}}, {{"i", "int"},
                                                {"d", "double"},
                                                {"b", "boolean"},
                                                {"s", "struct<x:string,n:array<int>>"},
                                                {"m", "map<string,string>"},
                                                {"day", "date"},
                                                {"at", "timestamp"},
                                                {"dec", "decimal(6,2)"},
                                                {"raw", "string"},
                                                {"code", "varchar(3)"}}));
  EXPECT_EQ(Run("SELECT * FROM t ORDER BY i"),
            "1|1.5|true|{x=y, n=[1, 2]}|{k=v}|2026-03-01|NULL|NULL|{\"a\": 1}|NULL;"
            "2|NULL|NULL|NULL|NULL|NULL|2026-03-01 10:00:00.500|12.35|NULL|abc");
  EXPECT_EQ(Run("SELECT s.x, s.n[2], m['k'] FROM t WHERE s IS NOT NULL"), "y|2|v");
}

TEST_F(TableFormatsTest, ABadValueOfJsonIsAnErrorAndOfOpenxNull) {
  Write("a.json", "{\"i\":\"many\"}\n");
  ASSERT_TRUE(Declare({formats::JsonFormat{}}, {{"i", "int"}}));
  EXPECT_EQ(Run("SELECT i FROM t"),
            "error: HIVE_BAD_DATA: Error parsing field value 'many' for field i: For input string: \"many\" (integer)");
  engine_.reset();
  engine_ = *DuckEngine::Open({.threads = 2, .memory_limit_bytes = 128 << 20});
  ASSERT_TRUE(Declare(
      {formats::JsonFormat{
          .is_openx = true, .ignores_malformed = false, .ignores_case = true, .dots_in_keys = false, .keys = {}}},
      {{"i", "int"}, {"a", "array<string>"}, {"t", "timestamp"}}));
  Write("b.json", "{\"i\":\"3.0\",\"a\":\"one\",\"t\":1772359200}\n");
  EXPECT_EQ(Run("SELECT i, a, t FROM t ORDER BY i NULLS FIRST"), "NULL|NULL|NULL;3|[one]|2026-03-01 10:00:00.000");
}

TEST_F(TableFormatsTest, DelimitedTextHasNestedValues) {
  formats::DelimitedFormat text;
  text.separators = {',', '|', ':', '#', '\5', '\6', '\7', '\x8'};
  Write("a.csv.gz", codec::GzipCompress("id,list\n1,a|b,k:1|l:2,x|7,\\N\nx,,,,2026-03-01\n"));
  formats::TableFormat format{text};
  format.header_lines = 1;
  ASSERT_TRUE(Declare(format, {{"id", "int"},
                               {"list", "array<string>"},
                               {"m", "map<string,int>"},
                               {"s", "struct<a:string,b:int>"},
                               {"d", "date"}}));
  EXPECT_EQ(Run("SELECT * FROM t ORDER BY id NULLS LAST"),
            "1|[a, b]|{k=1, l=2}|{a=x, b=7}|NULL;NULL|[]|{}|{a=, b=null}|2026-03-01");
  EXPECT_EQ(Run("SELECT s.b, s.a FROM t WHERE s.b = 7"), "7|x");
  EXPECT_EQ(Run("SELECT count(m) FROM t"), "2");
}

TEST_F(TableFormatsTest, CsvReadsDatesAsDaysAndRefusesWhatIsNoNumber) {
  Write("a.csv", "\"1\",\"18276\",\"1579059880000\",\"true\"\n");
  const Columns columns = {{"n", "bigint"}, {"d", "date"}, {"t", "timestamp"}, {"b", "boolean"}};
  ASSERT_TRUE(Declare({formats::CsvFormat{}}, columns));
  EXPECT_EQ(Run("SELECT * FROM t"), "1|2020-01-15|2020-01-15 03:44:40.000|true");
  Write("b.csv", "\"\",1,1,false\n");
  EXPECT_EQ(Run("SELECT n FROM t"),
            "error: HIVE_BAD_DATA: Error parsing field value '' for field n: For input string: \"\" (bigint)");
  EXPECT_FALSE(Declare({formats::CsvFormat{}}, {{"a", "array<string>"}}, 0, "u"));
}

TEST_F(TableFormatsTest, RegexGroupsHaveTypes) {
  Write("a.log", "10.0.0.1 200\nnothing\n10.0.0.2 many\n");
  ASSERT_TRUE(Declare({formats::RegexFormat{R"((\S+) (\S+))", false}}, {{"ip", "string"}, {"status", "int"}}));
  EXPECT_EQ(Run("SELECT ip, status, count(*) OVER () FROM t ORDER BY ip NULLS LAST"),
            "10.0.0.1|200|3;10.0.0.2|NULL|3;NULL|NULL|3");
}

TEST_F(TableFormatsTest, PartitionKeysLeaveOutFilesBeforeTheyAreListed) {
  formats::DelimitedFormat text;
  Write("year=2025/dt=2025-12-31/a", "old\n");
  Write("year=2026/dt=2026-03-01/a", "one\n");
  Write("year=2026/dt=2026-03-02/a", "two\n");
  Write("year=2026/dt=__HIVE_DEFAULT_PARTITION__/a", "none\n");
  ASSERT_TRUE(Declare({text}, {{"v", "string"}, {"year", "int"}, {"dt", "date"}}, 2));
  EXPECT_EQ(Run("SELECT v, year, dt FROM t WHERE dt = DATE '2026-03-01'"), "one|2026|2026-03-01");
  EXPECT_EQ(store_->listed, 1U);
  EXPECT_EQ(Run("SELECT v FROM t WHERE year IN (2025, 2024)"), "old");
  EXPECT_EQ(store_->listed, 1U);
  EXPECT_EQ(Run("SELECT v FROM t WHERE year > 2025 AND dt IS NULL"), "none");
  EXPECT_EQ(store_->listed, 3U);
  EXPECT_EQ(Run("SELECT v FROM t WHERE 2024 < year AND year < 2026"), "old");
  EXPECT_EQ(store_->listed, 1U);
  EXPECT_EQ(Run("SELECT v FROM t WHERE dt > DATE '2026-03-01' AND year >= 2026"), "two");
  EXPECT_EQ(store_->listed, 1U);
  EXPECT_EQ(Run("SELECT max(v) FROM t WHERE \"$path\" LIKE '%2026-03-02%'"), "two");
}

TEST_F(TableFormatsTest, ABadPartitionValueIsAnError) {
  Write("n=many/a", "x\n");
  ASSERT_TRUE(Declare({formats::DelimitedFormat{}}, {{"v", "string"}, {"n", "int"}}, 1));
  EXPECT_TRUE(Run("SELECT n FROM t").starts_with("error: HIVE_BAD_DATA")) << Run("SELECT n FROM t");
}

constexpr const char* kEveryType =
    "SELECT 1 AS i, BIGINT '2' AS b, 1.5E0 AS d, true AS f, 'text, \"q\"' AS s, DATE '2026-03-01' AS day, "
    "TIMESTAMP '2026-03-01 10:00:00.123' AS at, DECIMAL '12.34' AS dec, X'00ff' AS bin, ARRAY['a', NULL] AS list, "
    "MAP(ARRAY['k'], ARRAY[7]) AS m, CAST(ROW('x', 3) AS ROW(name varchar, n integer)) AS r "
    "UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL";
const std::vector<std::pair<std::string, std::string>> kEveryColumn = {
    {"i", "int"},      {"b", "bigint"},           {"d", "double"},          {"f", "boolean"},
    {"s", "string"},   {"day", "date"},           {"at", "timestamp"},      {"dec", "decimal(4,2)"},
    {"bin", "binary"}, {"list", "array<string>"}, {"m", "map<string,int>"}, {"r", "struct<name:string,n:int>"}};
constexpr const char* kEveryRow =
    "1|2|1.5|true|text, \"q\"|2026-03-01|2026-03-01 10:00:00.123|12.34|00 ff|[a, null]|{k=7}|{name=x, n=3};"
    "NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL";

TEST_F(TableFormatsTest, EveryTypeIsReadBackFromParquet) {
  EXPECT_EQ(WriteTable(kEveryType, {formats::ParquetFormat{}}, kEveryColumn, 0, "p"), "2");
  EXPECT_EQ(Run("SELECT * FROM p ORDER BY i NULLS LAST"), kEveryRow);
  EXPECT_EQ(Run("SELECT r.name, \"$file_size\" > 0 FROM p WHERE r.n = 3 AND list IS NOT NULL"), "x|true");
  EXPECT_EQ(Run("SELECT count(*), count(r) FROM p"), "2|1");
  EXPECT_GT(engine_->Statistics().bytes_done, 0U);
}

TEST_F(TableFormatsTest, EveryTypeIsReadBackFromJson) {
  for (const auto compression :
       {formats::Compression::kNone, formats::Compression::kGzip, formats::Compression::kZstd}) {
    const std::string name = "j" + std::to_string(static_cast<int>(compression));
    EXPECT_EQ(WriteTable(std::string(kEveryType) + "", {formats::JsonFormat{.is_openx = true}, compression},
                         kEveryColumn, 0, name),
              "2");
    EXPECT_EQ(Run("SELECT * FROM " + name + " ORDER BY i NULLS LAST"), kEveryRow);
  }
}

TEST_F(TableFormatsTest, EveryTypeIsReadBackFromDelimitedText) {
  EXPECT_EQ(WriteTable(kEveryType, {formats::DelimitedFormat{}}, kEveryColumn, 0, "d"), "2");
  EXPECT_EQ(Run("SELECT * FROM d ORDER BY i NULLS LAST"), kEveryRow);
}

TEST_F(TableFormatsTest, PartitionsAreWrittenIntoFoldersOfTheirOwn) {
  for (const formats::WriteFormat& format :
       {formats::WriteFormat{formats::ParquetFormat{}}, formats::WriteFormat{formats::DelimitedFormat{}}}) {
    const std::string name = "w" + std::to_string(format.form.index());
    EXPECT_EQ(
        WriteTable(
            "SELECT * FROM (VALUES (1, 'a/b'), (2, 'c'), (3, 'a/b'), (4, '__HIVE_DEFAULT_PARTITION__')) AS v(n, k)",
            format, {{"n", "int"}, {"k", "string"}}, 1, name),
        "4");
    ASSERT_NE(store_, nullptr);
    EXPECT_EQ(Run("SELECT n, k FROM " + name + " ORDER BY n"), "1|a/b;2|c;3|a/b;4|NULL");
    EXPECT_EQ(Run("SELECT n FROM " + name + " WHERE k = 'c'"), "2");
    EXPECT_EQ(store_->listed, 1U);
    EXPECT_TRUE(fs::exists(root_ / name / "k=a%2Fb"));
  }
}

TEST_F(TableFormatsTest, WhatTheFolderRefusesIsTheStatementsError) {
  auto translation = sql::Translate("SELECT 1 AS a", engine_->Catalog(), {});
  ASSERT_TRUE(translation);
  DiskFolder folder(root_ / "no", {});
  folder.refuses = true;
  const auto rows = engine_->Write(*translation, {{formats::ParquetFormat{}}, {"a"}, 0}, folder, cancel_);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().message, "PERMISSION_DENIED: no");
}

TEST_F(TableFormatsTest, ParquetColumnsAreFoundByName) {
  EXPECT_EQ(WriteTable("SELECT 1 AS \"B\", CAST(ROW(2, 'x') AS ROW(b integer, a varchar)) AS s",
                       {formats::ParquetFormat{}}, {{"b", "int"}, {"s", "struct<b:int,a:string>"}}, 0, "p"),
            "1");
  fs::create_directories(root_ / "q");
  fs::copy(root_ / "p", root_ / "q", fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  ASSERT_TRUE(Declare({formats::ParquetFormat{}},
                      {{"missing", "string"}, {"s", "struct<a:string,none:int,b:bigint>"}, {"b", "bigint"}}, 0, "q"));
  EXPECT_EQ(Run("SELECT missing, s, s.b, b FROM q"), "NULL|{a=x, none=null, b=2}|2|1");
}

TEST_F(TableFormatsTest, ParquetOfAnotherTypeIsBadData) {
  EXPECT_EQ(WriteTable("SELECT 1 AS n", {formats::ParquetFormat{}}, {{"n", "string"}}, 0, "p"), "1");
  const std::string error = Run("SELECT n FROM p");
  EXPECT_TRUE(error.starts_with("error: HIVE_BAD_DATA: Field n's type INT32 in parquet file ")) << error;
  EXPECT_TRUE(error.ends_with(" is incompatible with type varchar defined in table schema")) << error;
}

TEST_F(TableFormatsTest, WhatIsNoParquetIsNamed) {
  Write("a", "this is no parquet file, but long enough to have a footer");
  ASSERT_TRUE(Declare({formats::ParquetFormat{}}, {{"n", "int"}}));
  const std::string error = Run("SELECT n FROM t");
  EXPECT_TRUE(error.starts_with("error: HIVE_CANNOT_OPEN_SPLIT: ")) << error;
  EXPECT_NE(error.find((root_ / "t" / "a").string()), std::string::npos) << error;
}

}  // namespace
}  // namespace opentrail::engine
