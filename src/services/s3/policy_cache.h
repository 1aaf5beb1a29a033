#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

#include "iam/policy.h"

namespace opentrail::services::s3 {

// Bucket policies as parsed, by the bucket's row. Thread-safe.
class PolicyCache {
 public:
  struct Entry {
    opentrail::iam::PolicyPointer policy;  // nullptr: there is none
    bool is_public = false;                // as public access block understands it
  };
  // Bound on the buckets that are remembered; past it all are forgotten and parsed again when needed.
  static constexpr size_t kMaxEntries = 1000;

  // `text` is the bucket's policy as stored, "" for none.
  [[nodiscard]] Entry Find(int64_t bucket, const std::string& text);

 private:
  struct Parsed {
    std::string text;
    Entry entry;
  };
  std::mutex mutex_;
  std::unordered_map<int64_t, Parsed> entries_;
};

}  // namespace opentrail::services::s3
