#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "engine/table_output.h"
#include "services/athena/result_file.h"

namespace opentrail::services::athena {

// Where a statement's objects go, and under what names.
struct OutputPlace {
  std::string location;  // "s3://bucket/folder/"
  std::vector<std::string> keys;
  std::map<std::vector<std::string>, std::string> partitions;  // that lie elsewhere than in the folder of their name
  std::string name;                                            // of each object, a number behind it
  std::string_view suffix;                                     // ".gz"
};

// The objects of a table that a statement writes, until they are put with its commit: all of them, or none.
// Thread-safe.
class BucketFolder final : public engine::OutputFolder {
 public:
  // Of one statement. https://docs.aws.amazon.com/athena/latest/ug/ctas-considerations-limitations.html
  static constexpr size_t kMaxPartitions = 100;

  // An object that is complete, but not yet put.
  struct Written {
    ResultFile file;
    std::string uri;
  };

  // `configuration`: ResultConfiguration, whose encryption is the objects', too. What is given outlives the folder.
  BucketFolder(Service& s3, CallerCalls& calls, RandomSource& random, const Value& configuration, OutputPlace place)
      : s3_(s3), calls_(calls), random_(random), configuration_(configuration), place_(std::move(place)) {}

  Result<std::unique_ptr<engine::OutputFile>> Create(const std::vector<std::string>& partition) override;

  // After all files are finished.
  [[nodiscard]] std::vector<Written> TakeFiles() { return std::move(files_); }
  // The partitions that have files, and where they lie.
  [[nodiscard]] const std::map<std::vector<std::string>, std::string>& partitions() const { return partitions_; }
  [[nodiscard]] int64_t bytes() const { return bytes_; }

 private:
  class Object;
  [[nodiscard]] std::string LocationOf(const std::vector<std::string>& partition) const;
  void Add(Written written, int64_t bytes);

  Service& s3_;
  CallerCalls& calls_;
  RandomSource& random_;
  const Value& configuration_;
  const OutputPlace place_;
  std::mutex mutex_;
  size_t objects_ = 0;
  int64_t bytes_ = 0;
  std::map<std::vector<std::string>, std::string> partitions_;
  std::vector<Written> files_;
};

}  // namespace opentrail::services::athena
