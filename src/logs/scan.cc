#include "logs/scan.h"

#include <chrono>

#include "logs/cache.h"
#include "logs/file_scan.h"
#include "logs/log_path.h"

namespace opentrail::logs {
namespace {

int64_t NowNs() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

std::optional<std::string> ReadFileField(const LogFile& file, std::string_view field) {
  std::string room;
  std::string_view text = FileFieldText(file, ParsePath(file.path), field, room);
  if (text.data() == nullptr) return std::nullopt;
  return std::string(text);
}

// nullptr: none is wanted, or it cannot be used, which is no reason not to answer.
std::unique_ptr<FileBatches> OpenCache(const LogSource& source, ScanStatistics& statistics) {
  if (source.cache.folder.empty() || source.store) return nullptr;
  auto cache = ColumnCache::Open(source.cache, ReadFileField, NowNs(), statistics.cache);
  if (cache) return *std::move(cache);
  statistics.SetCacheProblem(std::move(cache.error().message));
  return nullptr;
}

}  // namespace

Result<std::unique_ptr<Scan>> Scan::Open(const LogSource& source, const ScanRequest& request,
                                         ScanStatistics& statistics, const CancelToken& cancel) {
  // Before the listing: a file changed since is none that the cache may call unchanged.
  std::unique_ptr<FileBatches> cache = OpenCache(source, statistics);
  return OpenFileScan(source, request, std::move(cache), statistics, cancel);
}

}  // namespace opentrail::logs
