#include "logs/scan.h"

#include "logs/file_scan.h"

namespace opentrail::logs {

Result<std::unique_ptr<Scan>> Scan::Open(const LogSource& source, const ScanRequest& request,
                                         ScanStatistics& statistics, const CancelToken& cancel) {
  return OpenFileScan(source, request, nullptr, statistics, cancel);
}

}  // namespace opentrail::logs
