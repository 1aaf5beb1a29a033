#include "services/s3/listing.h"

#include <algorithm>

#include "codec/text.h"
#include "services/s3/errors.h"

namespace opentrail::services::s3 {

std::optional<std::string> AfterPrefix(std::string_view prefix) {
  std::string after(prefix);
  while (!after.empty() && static_cast<unsigned char>(after.back()) == 0xFF) after.pop_back();
  if (after.empty()) return std::nullopt;
  after.back() = static_cast<char>(static_cast<unsigned char>(after.back()) + 1);
  return after;
}

std::string AfterKey(std::string_view key) {
  std::string after(key);
  after.push_back('\0');
  return after;
}

std::string_view CommonPrefixOf(std::string_view key, std::string_view prefix, std::string_view delimiter) {
  if (delimiter.empty() || !key.starts_with(prefix)) return {};
  const size_t found = key.find(delimiter, prefix.size());
  return found == std::string_view::npos ? std::string_view() : key.substr(0, found + delimiter.size());
}

std::optional<std::string> AfterMarker(std::string_view marker, std::string_view prefix, std::string_view delimiter) {
  if (marker.empty()) return std::string();
  if (CommonPrefixOf(marker, prefix, delimiter) == marker) return AfterPrefix(marker);
  return AfterKey(marker);
}

Page ListPage(const PageRequest& request, const Scan& scan, const std::function<void(const store::Rows& row)>& emit) {
  Page page;
  if (request.max == 0 || !request.from) return page;
  const std::optional<std::string> end = AfterPrefix(request.prefix);
  std::optional<std::string> from = std::max(*request.from, request.prefix);
  while (from && (!end || *from < *end)) {
    std::optional<std::string> next;  // where to seek to, behind a group
    bool again = false;
    scan(*from, end, [&](std::string_view key, const store::Rows& row) {
      if (page.count == request.max) {
        page.truncated = true;
        return Walk::kStop;
      }
      ++page.count;
      const std::string_view group = CommonPrefixOf(key, request.prefix, request.delimiter);
      page.last_is_prefix = !group.empty();
      page.last = page.last_is_prefix ? group : key;
      if (group.empty()) {
        emit(row);
        return Walk::kNext;
      }
      page.common_prefixes.emplace_back(group);
      next = AfterPrefix(group);
      again = true;
      return Walk::kStop;
    });
    if (!again) break;
    from = std::move(next);
  }
  return page;
}

AwsResult<int64_t> PageSize(const Call& call, std::string_view member, std::string_view parameter) {
  const int64_t size = call.input[member].Integer(kMaxPage);
  if (size < 0) {
    return InvalidArgument(fmt::format("Argument {} must be an integer between 0 and 2147483647", parameter), parameter,
                           std::to_string(size));
  }
  return std::min(size, kMaxPage);
}

AwsResult<KeyEncoding> KeyEncoding::Parse(const Call& call) {
  KeyEncoding encoding;
  const Value& type = call.input["EncodingType"];
  if (!type.IsString()) return encoding;
  if (type.Text() != "url") {
    return InvalidArgument("Invalid Encoding Method specified in Request", "encoding-type", type.Text());
  }
  encoding.url_ = true;
  return encoding;
}

std::string KeyEncoding::operator()(std::string_view key) const {
  if (!url_) return std::string(key);
  const std::string escaped = codec::UriEncode(key, codec::Slash::kKeep);
  std::string encoded;
  encoded.reserve(escaped.size());
  for (size_t i = 0; i < escaped.size(); ++i) {
    const bool space = escaped.compare(i, 3, "%20") == 0;
    encoded += space ? '+' : escaped[i];
    if (space) i += 2;
  }
  return encoded;
}

void SetCommonPrefixes(Value& output, const Page& page, const KeyEncoding& encoding) {
  if (page.common_prefixes.empty()) return;
  Value prefixes = Value::List();
  for (const std::string& prefix : page.common_prefixes) {
    prefixes.Append(Value::Object({{"Prefix", encoding(prefix)}}));
  }
  output.Set("CommonPrefixes", std::move(prefixes));
}

}  // namespace opentrail::services::s3
