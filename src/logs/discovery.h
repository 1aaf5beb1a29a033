#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "logs/log_file.h"

namespace opentrail::logs {

// A folder or file that the listing could not look into.
struct ListingFault {
  std::string path;
  std::string message;
};

struct Listing {
  std::vector<LogFile> files;  // each file once, whatever links and overlapping roots lead to it; in no order
  std::vector<ListingFault> faults;
};

inline constexpr size_t kMaxFolderDepth = 64;  // below a root
inline constexpr size_t kMaxFiles = 50'000'000;

// Which files of a folder count.
enum class NameRule : uint8_t {
  kLogs,  // names that end in .json .jsonl .ndjson .gz .json.cloudtrail, but for what lies in CloudTrail-Digest
  kAll,   // every file that is not empty
};

// Finds the log files under `roots`. A root that is a file is taken whatever its name. In folders: those of the rule;
// not names that begin with '_' or '.', nor what lies in folders of such names. Symbolic links are followed, no folder
// is entered twice. Error: a root does not exist, or cancellation.
Result<Listing> ListLogFiles(std::span<const std::filesystem::path> roots, const CancelToken& cancel,
                             NameRule rule = NameRule::kLogs);

}  // namespace opentrail::logs
