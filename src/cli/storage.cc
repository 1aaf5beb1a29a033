#include "cli/storage.h"

#include "logs/folder_store.h"
#include "logs/s3_store.h"

namespace opentrail::cli {

Result<std::shared_ptr<logs::FileStore>> Storage::Open(const std::string& location, logs::NameRule rule) {
  constexpr std::string_view kFile = "file://";
  const auto path = logs::S3Path::Parse(location);
  if (!path)
    return std::make_shared<logs::FolderStore>(location.starts_with(kFile) ? location.substr(kFile.size()) : location);
  auto client = Client();
  if (!client) return std::unexpected(client.error());
  return std::make_shared<logs::S3Store>(*client, *path, rule);
}

Result<std::shared_ptr<logs::S3Client>> Storage::Client() {
  const std::lock_guard lock(mutex_);
  if (!client_) {
    auto endpoint = FindS3Endpoint(options_, ProcessEnvironment);
    if (!endpoint) return std::unexpected(endpoint.error());
    client_ = std::make_shared<logs::S3Client>(*std::move(endpoint));
  }
  return client_;
}

}  // namespace opentrail::cli
