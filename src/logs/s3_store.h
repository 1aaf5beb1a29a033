#pragma once

#include <memory>
#include <string>

#include "logs/file_store.h"
#include "logs/s3_client.h"

namespace opentrail::logs {

// The objects below a prefix of any S3: all but those of no bytes and those whose name, or a folder's below the prefix,
// begins with '_' or '.'. Large trees are listed in parts, side by side: by the folders that they have (account,
// region, day), leaving out those that the predicates rule out. Large objects are read in ranges, side by side.
// Thread-safe.
class S3Store final : public FileStore {
 public:
  // Requests under way at once, of one listing or one object.
  static constexpr size_t kParallel = 16;
  // An object is read in ranges of so many bytes.
  static constexpr uint64_t kRangeBytes = 8UL << 20;

  // `client` is shared by stores of one endpoint. `rule` kLogs: what lies in CloudTrail-Digest is left out.
  S3Store(std::shared_ptr<S3Client> client, S3Path below, NameRule rule = NameRule::kAll)
      : client_(std::move(client)), below_(std::move(below)), rule_(rule) {}

  [[nodiscard]] Result<Listing> List(std::span<const Predicate> predicates, const CancelToken& cancel) override;
  [[nodiscard]] Status Read(const LogFile& file, uint64_t max_bytes, std::vector<uint8_t>& content) override;
  [[nodiscard]] Status ReadRange(const LogFile& file, uint64_t offset, uint64_t bytes, uint8_t* out) override;

 private:
  const std::shared_ptr<S3Client> client_;  // shared: see the constructor
  const S3Path below_;
  const NameRule rule_;
};

}  // namespace opentrail::logs
