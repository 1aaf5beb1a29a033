#pragma once

#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/random.h"
#include "base/result.h"
#include "store/connection.h"
#include "store/file.h"

namespace opentrail::store {

// The folder of content files: <directory>/<2 digits>/<30 digits>, hexadecimal and random; a file that is being written
// ends in ".unfinished". Files that are read stay until the last reader is done. Thread-safe.
class ObjectFiles {
 public:
  explicit ObjectFiles(std::string directory) : directory_(std::move(directory)) {}

  // Makes the directory where it is missing and removes every content file that no row of table content names.
  Status Open(Connection& state);

  [[nodiscard]] static std::string NewName(RandomSource& random);
  [[nodiscard]] std::string Path(const std::string& name) const { return directory_ + "/" + name; }
  // A new file under its unfinished name.
  Result<File> Create(const std::string& name);
  // Syncs it, gives it its name and makes that durable.
  Status Finish(const std::string& name, const File& file);
  void DropUnfinished(const std::string& name);

  // Between Pin and Unpin the file stays where it was at Pin. Removed files cannot be seen but by those.
  void Pin(const std::string& name);
  void Unpin(const std::string& name);
  void Remove(const std::string& name);

 private:
  void SweepFolder(const std::string& folder, Connection& state);

  std::string directory_;
  std::mutex mutex_;
  std::unordered_map<std::string, int> readers_;
  std::unordered_set<std::string> removed_;  // as soon as their readers are done
};

}  // namespace opentrail::store
