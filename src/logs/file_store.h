#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "logs/discovery.h"
#include "logs/log_file.h"
#include "logs/predicate.h"

namespace opentrail::logs {

// The files of a table that lie elsewhere than on the disk: in buckets, as "s3://bucket/key". Thread-safe.
class FileStore {
 public:
  virtual ~FileStore() = default;
  // Every file, each once; those of partitions that the predicates rule out may be left out. Error: not all can be
  // found.
  [[nodiscard]] virtual Result<Listing> List(std::span<const Predicate> predicates, const CancelToken& cancel) = 0;
  // Whether listed files are paths of this machine, to be opened without Read.
  [[nodiscard]] virtual bool IsOnDisk() const { return false; }
  // A listed file as it is stored, into `content`. Error: it cannot be read, or has more than `max_bytes`.
  [[nodiscard]] virtual Status Read(const LogFile& file, uint64_t max_bytes, std::vector<uint8_t>& content) = 0;
  // `bytes` bytes of it from `offset` on, all of them, to `out`. The range lies within the file's size.
  [[nodiscard]] virtual Status ReadRange(const LogFile& file, uint64_t offset, uint64_t bytes, uint8_t* out) = 0;
};

}  // namespace opentrail::logs
