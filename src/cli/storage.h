#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "cli/aws_profile.h"
#include "logs/discovery.h"
#include "logs/file_store.h"
#include "logs/s3_client.h"

namespace opentrail::cli {

// The places that the command line reads from: folders of this machine and one S3. Thread-safe.
class Storage {
 public:
  explicit Storage(S3Options options) : options_(std::move(options)) {}

  // The store of "s3://bucket/prefix", or of a folder or file of this machine, which need not be there. Error: there
  // are no keys for the S3.
  Result<std::shared_ptr<logs::FileStore>> Open(const std::string& location, logs::NameRule rule);

 private:
  Result<std::shared_ptr<logs::S3Client>> Client();

  const S3Options options_;
  std::mutex mutex_;
  std::shared_ptr<logs::S3Client> client_;  // shared: by the stores; made when it is first needed
};

}  // namespace opentrail::cli
