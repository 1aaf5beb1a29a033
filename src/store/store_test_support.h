#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/random.h"
#include "http/message.h"
#include "store/committer.h"
#include "store/connection.h"
#include "store/migration.h"
#include "store/object_store.h"

// What the tests of the store share.
namespace opentrail::store {

// A directory of its own for a test; gone with it.
class TestDirectory {
 public:
  TestDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "opentrail_store_XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TestDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;
  [[nodiscard]] std::string Path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// A connection with the schemas of the journal and the objects.
inline Connection OpenState(const std::string& path = ":memory:") {
  auto connection = Connection::Open(path);
  EXPECT_TRUE(connection.has_value()) << connection.error().message;
  EXPECT_TRUE(Migrate(*connection, JournalMigrations()).has_value());
  EXPECT_TRUE(Migrate(*connection, ObjectStore::Migrations()).has_value());
  return std::move(*connection);
}

inline std::string RandomBytes(RandomSource& random, size_t size) {
  std::string bytes(size, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  return bytes;
}

// All that a source gives, in pieces of an odd size; "(failed)" at its end where it fails.
inline std::string ReadAll(http::BodySource& source) {
  std::string all;
  char buffer[7001];
  for (;;) {
    const int64_t got = source.Read(buffer, sizeof buffer);
    if (got < 0) return all + "(failed)";
    if (got == 0) return all;
    all.append(buffer, static_cast<size_t>(got));
  }
}

inline std::vector<std::string> FilesUnder(const std::string& directory) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  }
  return files;
}

}  // namespace opentrail::store
