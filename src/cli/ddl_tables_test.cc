#include "cli/ddl_tables.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/aws_profile.h"
#include "logs/folder_store.h"

namespace opentrail::cli {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

TEST(DdlTablesTest, StatementsEndAtSemicolonsOutsideQuotes) {
  EXPECT_EQ(SplitStatements("a 'x;y' \"p;q\" `b;c` -- d;e\n; /* f;g */ ;\n h /*;*/ 'i\\';'"),
            (Texts{"a 'x;y' \"p;q\" `b;c` -- d;e\n", "\n h /*;*/ 'i\\';'"}));
  EXPECT_TRUE(SplitStatements(" ;; -- nothing\n").empty());
}

class DdlFolderTest : public testing::Test {
 protected:
  DdlFolderTest() : root_(fs::temp_directory_path() / ("opentrail-ddl-" + std::to_string(getpid()))) {
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~DdlFolderTest() override { fs::remove_all(root_); }

  void Write(const std::string& path) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << "x\n";
  }

  // "path|key=value,…" of the only table's files, sorted; or the error.
  Texts Files(const std::string& ddl, const std::vector<logs::Predicate>& predicates = {}) {
    const StoreMaker make = [](const std::string& location) -> Result<std::shared_ptr<logs::FileStore>> {
      return std::make_shared<logs::FolderStore>(location);
    };
    const auto tables =
        TablesOf(ddl, root_.string(), {.now = std::chrono::sys_days{std::chrono::year(2026) / 3 / 2}}, make);
    if (!tables) return {tables.error().message};
    const auto listing = (*tables)[0].source.store->List(predicates, {});
    if (!listing) return {listing.error().message};
    Texts files;
    for (const logs::LogFile& file : listing->files) {
      std::string text = file.path.substr(root_.string().size() + 1);
      if (file.partition) {
        for (const auto& [name, value] : *file.partition) text += "|" + name + "=" + value;
      }
      files.push_back(text);
    }
    std::ranges::sort(files);
    return files;
  }

  fs::path root_;
};

TEST_F(DdlFolderTest, LocationsAreFoldersBesideTheFile) {
  Write("data/a.csv");
  Write("data/_b.csv");
  EXPECT_EQ(Files("CREATE DATABASE d; CREATE EXTERNAL TABLE d.t (a string) LOCATION 'data/'"), (Texts{"data/a.csv"}));
  EXPECT_EQ(Files("CREATE EXTERNAL TABLE t (a string) LOCATION 'file://" + (root_ / "data").string() + "/'"),
            (Texts{"data/a.csv"}));
}

TEST_F(DdlFolderTest, PartitionsAreNamedProjectedOrTheFolders) {
  Write("data/y=2025/a");
  Write("data/y=2026/b");
  Write("data/c");
  Write("else/d");
  const std::string create = "CREATE EXTERNAL TABLE t (a string) PARTITIONED BY (y string) LOCATION 'data'";
  EXPECT_EQ(Files(create), (Texts{"data/y=2025/a|$partition.y=2025", "data/y=2026/b|$partition.y=2026"}));
  EXPECT_EQ(Files(create, {{"$partition.y", logs::PredicateKind::kEquals, {"2026"}, {}}}),
            (Texts{"data/y=2026/b|$partition.y=2026"}));
  EXPECT_EQ(Files(create +
                  "; ALTER TABLE t ADD PARTITION (y='2024') LOCATION 'else' PARTITION (y='2026') PARTITION (y='2023')"),
            (Texts{"data/y=2026/b|$partition.y=2026", "else/d|$partition.y=2024"}));
  EXPECT_EQ(Files(create +
                  " TBLPROPERTIES ('projection.enabled'='true', 'projection.y.type'='integer', "
                  "'projection.y.range'='2026,2027', 'storage.location.template'='" +
                  (root_ / "data").string() + "/y=${y}')"),
            (Texts{"data/y=2026/b|$partition.y=2026"}));
}

TEST_F(DdlFolderTest, NamesTheStatementThatIsWrong) {
  EXPECT_EQ(Files("CREATE EXTERNAL TABLE t (a strange) LOCATION 'x'")[0].substr(0, 45),
            "CREATE EXTERNAL TABLE t (a strange) LOCATION ");
  EXPECT_TRUE(Files("DROP TABLE t")[0].ends_with("are read here"));
  EXPECT_TRUE(Files("ALTER TABLE t ADD PARTITION (y='1')")[0].ends_with("Table default.t does not exist"));
}

TEST(AwsProfileTest, KeysComeFromOptionsEnvironmentAndFiles) {
  const auto profiles = ParseAwsConfig(
      "[default]\nregion=eu-west-1\n# no\n[profile chaos]\ns3 =\n  addressing_style = path\nregion = us-west-2\n");
  EXPECT_EQ(profiles.at("default").at("region"), "eu-west-1");
  EXPECT_EQ(profiles.at("chaos").size(), 2U);
  std::map<std::string, std::string> variables = {{"AWS_ACCESS_KEY_ID", "AKIA"},
                                                  {"AWS_SECRET_ACCESS_KEY", "s"},
                                                  {"AWS_REGION", "eu-north-1"},
                                                  {"HOME", "/nowhere"}};
  const Environment environment = [&](const char* name) {
    const auto found = variables.find(name);
    return found != variables.end() ? std::optional(found->second) : std::nullopt;
  };
  const auto endpoint = FindS3Endpoint({.endpoint_url = "http://localhost:9000"}, environment);
  ASSERT_TRUE(endpoint);
  EXPECT_EQ(endpoint->url, "http://localhost:9000");
  EXPECT_EQ(endpoint->region, "eu-north-1");
  EXPECT_EQ(endpoint->credentials->access_key_id, "AKIA");
  variables.erase("AWS_ACCESS_KEY_ID");
  EXPECT_FALSE(FindS3Endpoint({}, environment));
  EXPECT_TRUE(FindS3Endpoint({.no_sign_request = true}, environment));
}

}  // namespace
}  // namespace opentrail::cli
