#include "trail/delivery.h"

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/gzip_writer.h"
#include "codec/text.h"
#include "codec/timestamp.h"

namespace opentrail::trail {
namespace {

constexpr std::string_view kSuffixCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr size_t kSuffixSize = 16;

// AWSLogs/<account>/<kind>/<region>/<yyyy>/<mm>/<dd>/<account>_<kind>_<region>_
std::string Beginning(const LogFolder& folder, std::string_view kind, Time time) {
  const std::string date = codec::FormatBasicDate(time);
  return fmt::format("{}{}/{}/{}/{}/{}/{}_{}_{}_", AccountFolder(folder.prefix, folder.account_id), kind, folder.region,
                     date.substr(0, 4), date.substr(4, 2), date.substr(6, 2), folder.account_id, kind, folder.region);
}

}  // namespace

std::string AccountFolder(std::string_view prefix, std::string_view account_id) {
  return fmt::format("{}{}AWSLogs/{}/", prefix, prefix.empty() || prefix.ends_with('/') ? "" : "/", account_id);
}

std::string LogFileKey(const LogFolder& folder, Time delivered, RandomSource& random) {
  const std::string minute = codec::FormatBasic(delivered).substr(0, std::string_view("YYYYMMDDThhmm").size());
  return fmt::format("{}{}Z_{}.json.gz", Beginning(folder, "CloudTrail", delivered), minute,
                     RandomText(random, kSuffixCharacters, kSuffixSize));
}

std::string DigestFileKey(const LogFolder& folder, std::string_view trail, std::string_view home_region, Time end) {
  return fmt::format("{}{}_{}_{}.json.gz", Beginning(folder, "CloudTrail-Digest", end), trail, home_region,
                     codec::FormatBasic(end));
}

void LogFileBuilder::Add(std::string_view record, std::string_view event_time) {
  if (records_++ > 0) text_ += ',';
  text_ += record;
  // ISO 8601 in UTC: the order of the texts is that of the times.
  if (newest_.empty() || event_time > newest_) newest_ = event_time;
  if (oldest_.empty() || event_time < oldest_) oldest_ = event_time;
}

LogFile LogFileBuilder::Finish() {
  text_ += "]}";
  return {.bytes = codec::GzipCompress(text_),
          .sha256 = codec::HexEncode(codec::Sha256(text_)),
          .newest_event_time = std::move(newest_),
          .oldest_event_time = std::move(oldest_)};
}

}  // namespace opentrail::trail
