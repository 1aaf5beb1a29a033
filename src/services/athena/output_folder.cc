#include "services/athena/output_folder.h"

#include <fmt/format.h>

#include "formats/partition_filters.h"
#include "services/athena/query_failure.h"

namespace opentrail::services::athena {
namespace {

Error AsError(const AwsError& error, std::string_view uri) {
  return {ErrorCode::kIo, ObjectFailure(uri, error).message};
}

}  // namespace

class BucketFolder::Object final : public engine::OutputFile {
 public:
  Object(BucketFolder& folder, ResultFile file, std::string uri)
      : folder_(folder), written_{std::move(file), std::move(uri)} {}

  Status Write(std::string_view bytes) override {
    bytes_ += static_cast<int64_t>(bytes.size());
    const AwsStatus written = written_.file.Write(bytes);
    return written ? Status() : std::unexpected(AsError(written.error(), written_.uri));
  }
  Status Finish() override {
    const AwsStatus finished = written_.file.Finish();
    if (!finished) return std::unexpected(AsError(finished.error(), written_.uri));
    folder_.Add(std::move(written_), bytes_);
    return {};
  }

 private:
  BucketFolder& folder_;
  Written written_;
  int64_t bytes_ = 0;
};

Result<std::unique_ptr<engine::OutputFile>> BucketFolder::Create(const std::vector<std::string>& partition) {
  std::string uri;
  {
    const std::lock_guard lock(mutex_);
    std::string location = LocationOf(partition);
    if (!place_.keys.empty() && partitions_.try_emplace(partition, location).second &&
        partitions_.size() > kMaxPartitions) {
      return MakeError(ErrorCode::kLimitExceeded,
                       "HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of {} open writers for partitions/buckets",
                       kMaxPartitions);
    }
    uri = fmt::format("{}{}_{:05}{}", location, place_.name, objects_++, place_.suffix);
  }
  std::optional<ResultKey> key;
  if (IsEncryptedBefore(configuration_)) {
    auto made = MakeResultKey(calls_, random_, configuration_["EncryptionConfiguration"]["KmsKey"].Text());
    if (!made) return std::unexpected(AsError(made.error(), uri));
    key = *std::move(made);
  }
  auto file = ResultFile::Begin(s3_, calls_.caller(), uri, configuration_, key);
  if (!file) return std::unexpected(AsError(file.error(), uri));
  return std::make_unique<Object>(*this, *std::move(file), std::move(uri));
}

std::string BucketFolder::LocationOf(const std::vector<std::string>& partition) const {
  std::string location = place_.location;
  if (const auto own = place_.partitions.find(partition); own != place_.partitions.end()) {
    location = own->second;
  } else {
    for (size_t i = 0; i < partition.size() && i < place_.keys.size(); ++i) {
      if (!location.ends_with('/')) location += '/';
      location += formats::FolderName(place_.keys[i], partition[i]);
    }
  }
  if (!location.ends_with('/')) location += '/';
  return location;
}

void BucketFolder::Add(Written written, int64_t bytes) {
  const std::lock_guard lock(mutex_);
  bytes_ += bytes;
  files_.push_back(std::move(written));
}

}  // namespace opentrail::services::athena
