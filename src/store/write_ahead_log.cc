#include "store/write_ahead_log.h"

#include <fcntl.h>

namespace opentrail::store {

WriteAheadLog::WriteAheadLog(const std::string& database_path)
    : path_(database_path.empty() ? "" : database_path + "-wal") {}

Status WriteAheadLog::Sync() {
  if (status_) status_ = SyncFile();
  return status_;
}

// The log stays one file from the first commit until the last connection closes.
Status WriteAheadLog::SyncFile() {
  if (path_.empty()) return {};
  if (!file_.IsOpen()) {
    auto opened = File::Open(path_, O_RDWR);
    if (!opened) return std::unexpected(opened.error());
    file_ = std::move(*opened);
  }
  return file_.Sync();
}

}  // namespace opentrail::store
