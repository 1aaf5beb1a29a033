#include "instances/init/audit_log.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "instances/init/process.h"

namespace opentrail::instances::init {
namespace {

constexpr const char* kLog = "/var/log/audit/audit.log";
constexpr off_t kMaxLog = 8 << 20;  // auditd's own bounds: max_log_file, num_logs
constexpr int kKeptLogs = 5;

std::string Kept(int number) { return std::string(kLog) + (number == 0 ? "" : "." + std::to_string(number)); }

void TurnOver() {
  struct stat state{};
  if (lstat(kLog, &state) != 0 || state.st_size < kMaxLog) return;
  for (int number = kKeptLogs - 1; number > 0; --number) rename(Kept(number - 1).c_str(), Kept(number).c_str());
}

}  // namespace

void AuditLog::Pump() {
  char buffer[16 * 1024];
  const ssize_t count = read(source_, buffer, sizeof buffer);
  if (count <= 0) {
    source_ = -1;
    return;
  }
  partial_.append(buffer, static_cast<size_t>(count));
  const size_t end = partial_.rfind('\n');
  if (end == std::string::npos) return;
  TurnOver();
  if (!Exists(kLog)) WriteFile(kLog, "", 0600);
  AppendFile(kLog, std::string_view(partial_).substr(0, end + 1));
  partial_.erase(0, end + 1);
}

}  // namespace opentrail::instances::init
