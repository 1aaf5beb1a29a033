#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/aws_error.h"
#include "codec/value.h"
#include "services/service.h"
#include "store/connection.h"

// Pages over keys in byte order, grouped by a delimiter: the core of ListObjects, ListObjectsV2, ListObjectVersions and
// ListMultipartUploads.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
namespace opentrail::services::s3 {

inline constexpr int64_t kMaxPage = 1000;

// The least string that is greater than every string with this prefix; nullopt where there is none.
[[nodiscard]] std::optional<std::string> AfterPrefix(std::string_view prefix);
// The least string after this one.
[[nodiscard]] std::string AfterKey(std::string_view key);
// The part of `key` up to the first delimiter behind `prefix`; "" where it belongs to no group.
[[nodiscard]] std::string_view CommonPrefixOf(std::string_view key, std::string_view prefix,
                                              std::string_view delimiter);
// Where a listing goes on that ended at `marker`: behind the key, or behind the whole group that it names.
[[nodiscard]] std::optional<std::string> AfterMarker(std::string_view marker, std::string_view prefix,
                                                     std::string_view delimiter);

enum class Walk : uint8_t { kNext, kStop };
using Visit = std::function<Walk(std::string_view key, const store::Rows& row)>;
// Visits rows whose key is in [from, to) (nullopt: no end) in order, until told to stop.
using Scan = std::function<void(const std::string& from, const std::optional<std::string>& to, const Visit& visit)>;

struct PageRequest {
  std::string prefix;
  std::string delimiter;
  std::optional<std::string> from = std::string();  // the least key to see; nullopt: nothing is left
  int64_t max = kMaxPage;
};

struct Page {
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string last;  // the last key or common prefix that is on the page
  bool last_is_prefix = false;
  int64_t count = 0;
};

// Emits the keys of one page that belong to no group, and gives the groups. Passes over a group with one seek.
[[nodiscard]] Page ListPage(const PageRequest& request, const Scan& scan,
                            const std::function<void(const store::Rows& row)>& emit);

// max-keys, max-uploads, max-parts: 0 to 1000, more counts as 1000. InvalidArgument for a negative one.
[[nodiscard]] AwsResult<int64_t> PageSize(const Call& call, std::string_view member, std::string_view parameter);

// encoding-type=url, or nothing. InvalidArgument for another.
class KeyEncoding {
 public:
  [[nodiscard]] static AwsResult<KeyEncoding> Parse(const Call& call);
  [[nodiscard]] std::string operator()(std::string_view key) const;
  [[nodiscard]] bool is_url() const { return url_; }

 private:
  bool url_ = false;
};

// Sets CommonPrefixes, where there are any.
void SetCommonPrefixes(Value& output, const Page& page, const KeyEncoding& encoding);

}  // namespace opentrail::services::s3
