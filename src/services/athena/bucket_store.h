#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "logs/file_store.h"
#include "services/athena/caller_calls.h"
#include "services/athena/failure_note.h"
#include "services/athena/result_envelope.h"
#include "services/athena/table_partitions.h"
#include "services/running_query.h"

namespace opentrail::services::athena {

// "s3://bucket/some/key" -> bucket, "some/key".
struct S3Location {
  std::string bucket;
  std::string key;
  // nullopt: it is none.
  static std::optional<S3Location> Parse(std::string_view uri);
};

// A table's objects in the account's buckets, as the caller sees them: ListObjectsV2 and GetObject. Objects of no bytes
// and those whose name below a place, or a folder of it, begins with '_' or '.' are no part of the table. Thread-safe.
class BucketStore final : public logs::FileStore {
 public:
  // What S3 refuses is told to the note; what is read is counted. Where files `may_be_sealed` (CSE_KMS), each is looked
  // at as it is listed, and read as its plaintext: none of it before the whole object was found to be what was
  // encrypted.
  BucketStore(CallerCalls& calls, FailureNote& note, RunningQuery& running, TablePartitions partitions,
              bool may_be_sealed = false)
      : calls_(calls),
        note_(note),
        running_(running),
        partitions_(std::move(partitions)),
        may_be_sealed_(may_be_sealed) {}

  Result<logs::Listing> List(std::span<const logs::Predicate> predicates, const CancelToken& cancel) override;
  Status Read(const logs::LogFile& file, uint64_t max_bytes, std::vector<uint8_t>& content) override;
  Status ReadRange(const logs::LogFile& file, uint64_t offset, uint64_t bytes, uint8_t* out) override;
  // Whether the caller may list the table's places and read what lies there: asked of one place in each bucket. The
  // error is told to the note.
  [[nodiscard]] Status MayRead() const;

 private:
  // An object that is encrypted. Its key is asked for when it is read.
  struct Sealed {
    ResultKey key;
    std::string etag;
    bool is_genuine = false;
  };
  // Notes the file as sealed, where it is, and its plaintext's length as its own.
  Status LookAt(logs::LogFile& file);
  // With its key; nullopt: the file is not sealed.
  Result<std::optional<Sealed>> SealedOf(const logs::LogFile& file);
  Status ReadSealed(const logs::LogFile& file, const Sealed& sealed, std::vector<uint8_t>& content);
  // Once for each file, in pieces.
  Status Verify(const logs::LogFile& file, Sealed& sealed);
  Error Changed(const logs::LogFile& file) const;
  Status ListPlace(const TablePlace& place, const CancelToken& cancel, logs::Listing& listing);
  [[nodiscard]] Status MayReadBelow(const std::string& root) const;
  Error Refused(const AwsError& error, const std::string& path) const;

  CallerCalls& calls_;
  FailureNote& note_;
  RunningQuery& running_;
  const TablePartitions partitions_;
  const bool may_be_sealed_;
  std::mutex mutex_;
  std::map<std::string, Sealed, std::less<>> sealed_;  // by path: no more than are listed
};

}  // namespace opentrail::services::athena
