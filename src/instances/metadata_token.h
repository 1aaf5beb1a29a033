#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"

namespace opentrail::instances {

// Session tokens of the metadata service (IMDSv2): text that only its instance can use, until it ends. Nothing is kept
// of them: a token says when it ends, under a key of this process. Thread-safe.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
class MetadataTokens {
 public:
  static constexpr int64_t kMaxSeconds = 21600;

  explicit MetadataTokens(RandomSource& random);
  // `seconds`: 1 to kMaxSeconds.
  [[nodiscard]] std::string Issue(std::string_view instance_id, int64_t seconds, Time now);
  // The whole seconds that are left to it; nullopt where it is none of this instance, or has ended.
  [[nodiscard]] std::optional<int64_t> Check(std::string_view token, std::string_view instance_id, Time now) const;

 private:
  [[nodiscard]] std::string Sign(std::string_view instance_id, std::string_view bytes) const;

  RandomSource& random_;
  std::string key_;
};

}  // namespace opentrail::instances
