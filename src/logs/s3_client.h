#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "http/client.h"
#include "logs/log_file.h"
#include "sigv4/signature.h"

namespace opentrail::logs {

// Where an S3 is, and who asks.
struct S3Endpoint {
  std::string url;                                      // "https://minio.example:9000"; empty: AWS's own of the region
  std::string region;                                   // "us-east-1"
  std::optional<sigv4::ClientCredentials> credentials;  // nullopt: unsigned, for buckets that all may read
  std::string ca_file;                                  // PEM; empty: the system's
};

// "s3://bucket/some/key" -> bucket, "some/key".
struct S3Path {
  std::string bucket;
  std::string key;
  // nullopt: it is none.
  static std::optional<S3Path> Parse(std::string_view uri);
};

// One page of a listing.
struct S3Page {
  std::vector<LogFile> objects;
  std::vector<std::string> prefixes;  // that the delimiter cut off, with it
  std::string next;                   // continuation token; "": the last page
};

// ListObjectsV2 and GetObject, signed, with retries of what may pass. A bucket's region is learnt from its first
// answer. Thread-safe: each thread in it has a connection of its own. https://docs.aws.amazon.com/AmazonS3/latest/API/
class S3Client {
 public:
  explicit S3Client(S3Endpoint endpoint) : endpoint_(std::move(endpoint)) {}

  // Objects below the prefix. With a delimiter, "/", only down to it. Errors name the bucket, S3's code and its words.
  Result<S3Page> List(const S3Path& below, std::string_view delimiter, std::string_view token,
                      const CancelToken& cancel);
  // Bytes [offset, offset + out.size()) of an object.
  Status Get(const S3Path& object, uint64_t offset, std::span<uint8_t> out, const CancelToken& cancel);

 private:
  class Lease;
  using Exchange =
      std::function<Result<http::ClientResponse>(http::Client&, const std::string& origin, const http::RequestHead&)>;

  [[nodiscard]] std::string RegionOf(const std::string& bucket) const;
  [[nodiscard]] http::RequestHead Request(const S3Path& object, std::string_view query, std::string_view range,
                                          std::string& origin) const;
  Result<http::ClientResponse> Run(const S3Path& object, std::string_view query, std::string_view range,
                                   const CancelToken& cancel, const Exchange& exchange);

  const S3Endpoint endpoint_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<http::Client>> idle_;
  std::vector<std::pair<std::string, std::string>> regions_;  // of buckets that are elsewhere than asked
};

// The answer of ListObjectsV2. Error: it is none. Pure.
[[nodiscard]] Result<S3Page> ParseS3Listing(std::string_view xml, std::string_view bucket);

}  // namespace opentrail::logs
