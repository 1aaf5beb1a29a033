#include "logs/scan.h"

#include <chrono>

#include "logs/cache.h"
#include "logs/file_scan.h"
#include "logs/log_path.h"

namespace opentrail::logs {
namespace {

std::optional<std::string> ReadFileField(const LogFile& file, std::string_view field) {
  std::string room;
  std::string_view text = FileFieldText(file, ParsePath(file.path), field, room);
  if (text.data() == nullptr) return std::nullopt;
  return std::string(text);
}

// nullptr: none is asked for, or its folder cannot be used, and the scan goes on without.
std::unique_ptr<FileBatches> OpenCache(const CacheOptions& options) {
  if (options.folder.empty()) return nullptr;
  auto now = std::chrono::system_clock::now().time_since_epoch();
  auto cache = ColumnCache::Open(options, ReadFileField, std::chrono::nanoseconds(now).count());
  if (!cache) return nullptr;
  return std::move(*cache);
}

}  // namespace

Result<std::unique_ptr<Scan>> Scan::Open(const LogSource& source, const ScanRequest& request,
                                         ScanStatistics& statistics, const CancelToken& cancel) {
  return OpenFileScan(source, request, OpenCache(source.cache), statistics, cancel);
}

}  // namespace opentrail::logs
