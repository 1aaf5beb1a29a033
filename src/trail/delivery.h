#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"

// Log files as CloudTrail delivers them. Pure; thread-safe but for a builder.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
namespace opentrail::trail {

// Where a trail's files lie in its bucket.
struct LogFolder {
  std::string_view prefix;  // S3KeyPrefix; ""
  std::string_view account_id;
  std::string_view region;  // where the events happened
};

// [prefix/]AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/23/
//   123456789012_CloudTrail_us-east-1_20261123T0855Z_Qe7Xr2LkPzV0aB1c.json.gz
// The suffix keeps files of one minute apart.
[[nodiscard]] std::string LogFileKey(const LogFolder& folder, Time delivered, RandomSource& random);

// [prefix/]AWSLogs/123456789012/CloudTrail-Digest/us-east-1/2026/11/23/
//   123456789012_CloudTrail-Digest_us-east-1_monitor_eu-west-1_20261123T091352Z.json.gz
[[nodiscard]] std::string DigestFileKey(const LogFolder& folder, std::string_view trail, std::string_view home_region,
                                        Time end);

// [prefix/]AWSLogs/123456789012/: what the bucket's policy must allow to be written to.
[[nodiscard]] std::string AccountFolder(std::string_view prefix, std::string_view account_id);

struct LogFile {
  std::string bytes;   // gzip
  std::string sha256;  // of the text, in lower-case hex
  std::string newest_event_time;
  std::string oldest_event_time;
};

// Gathers records into one log file: {"Records":[...]}.
class LogFileBuilder {
 public:
  // A log file has at most 50 MB compressed. Text of this size never has more, whatever it holds.
  static constexpr size_t kMaxTextBytes = 32 * 1024 * 1024;

  // record: compact JSON; event_time: its eventTime.
  void Add(std::string_view record, std::string_view event_time);
  [[nodiscard]] size_t records() const { return records_; }
  // Ends it: no Add afterwards.
  [[nodiscard]] LogFile Finish();

 private:
  std::string text_ = R"({"Records":[)";
  size_t records_ = 0;
  std::string newest_;
  std::string oldest_;
};

}  // namespace opentrail::trail
