#include "logs/s3_client.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "codec/text.h"
#include "codec/timestamp.h"

namespace opentrail::logs {
namespace {

constexpr std::string_view kScheme = "s3://";
constexpr uint64_t kMaxListingBytes = 64UL << 20;
constexpr int kAttempts = 4;
constexpr std::chrono::milliseconds kFirstPause(200);

// Whether the same request may be answered later.
bool MayPass(const Result<http::ClientResponse>& answer) {
  if (!answer) return answer.error().code == ErrorCode::kIo;
  return answer->status == 429 || answer->status >= 500;
}

// What S3 said in an error's document; the status alone where there is none.
std::string Reason(const http::ClientResponse& answer) {
  pugi::xml_document document;
  if (!document.load_buffer(answer.body.data(), answer.body.size())) return fmt::format("HTTP {}", answer.status);
  const pugi::xml_node error = document.child("Error");
  const std::string code = error.child_value("Code");
  if (code.empty()) return fmt::format("HTTP {}", answer.status);
  return fmt::format("{}: {}", code, error.child_value("Message"));
}

Error Refused(const S3Path& object, const http::ClientResponse& answer) {
  const ErrorCode code = answer.status == 404 ? ErrorCode::kNotFound : ErrorCode::kIo;
  return {code, fmt::format("{}{}/{}: {}", kScheme, object.bucket, object.key, Reason(answer))};
}

// A name that is a label of a host; others stand in the path.
bool IsHostLabel(std::string_view bucket) { return bucket.find('.') == std::string_view::npos; }

}  // namespace

std::optional<S3Path> S3Path::Parse(std::string_view uri) {
  if (!uri.starts_with(kScheme)) return std::nullopt;
  uri.remove_prefix(kScheme.size());
  const size_t slash = uri.find('/');
  if (slash == 0 || uri.empty()) return std::nullopt;
  return S3Path{std::string(uri.substr(0, slash)),
                slash == std::string_view::npos ? std::string() : std::string(uri.substr(slash + 1))};
}

// A connection for the time of one call.
class S3Client::Lease {
 public:
  explicit Lease(S3Client& client) : client_(client) {
    {
      const std::lock_guard lock(client_.mutex_);
      if (!client_.idle_.empty()) {
        connection_ = std::move(client_.idle_.back());
        client_.idle_.pop_back();
      }
    }
    if (!connection_) {
      http::ClientOptions options;
      options.ca_file = client_.endpoint_.ca_file;
      connection_ = std::make_unique<http::Client>(std::move(options));
    }
  }
  ~Lease() {
    const std::lock_guard lock(client_.mutex_);
    client_.idle_.push_back(std::move(connection_));
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  [[nodiscard]] http::Client& connection() const { return *connection_; }

 private:
  S3Client& client_;
  std::unique_ptr<http::Client> connection_;
};

std::string S3Client::RegionOf(const std::string& bucket) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(regions_, bucket, &std::pair<std::string, std::string>::first);
  return found != regions_.end() ? found->second : endpoint_.region;
}

http::RequestHead S3Client::Request(const S3Path& object, std::string_view query, std::string_view range,
                                    std::string& origin) const {
  const std::string region = RegionOf(object.bucket);
  const bool is_aws = endpoint_.url.empty();
  const bool in_host = is_aws && IsHostLabel(object.bucket);
  origin = endpoint_.url;
  if (is_aws)
    origin = fmt::format("https://{}{}s3.{}.amazonaws.com", in_host ? object.bucket : "", in_host ? "." : "", region);
  while (origin.ends_with('/')) origin.pop_back();
  http::RequestHead head;
  head.method = "GET";
  head.path = in_host ? "/" : "/" + codec::UriEncode(object.bucket) + "/";
  head.path += codec::UriEncode(object.key, codec::Slash::kKeep);
  head.query = query;
  head.target = query.empty() ? head.path : fmt::format("{}?{}", head.path, query);
  const size_t host = origin.find("//");
  head.fields.Add("Host", host == std::string::npos ? origin : origin.substr(host + 2));
  if (!range.empty()) head.fields.Add("Range", std::string(range));
  if (endpoint_.credentials) {
    const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    sigv4::Sign(head, "", *endpoint_.credentials, region, "s3", now);
  }
  return head;
}

Result<http::ClientResponse> S3Client::Run(const S3Path& object, std::string_view query, std::string_view range,
                                           const CancelToken& cancel, const Exchange& exchange) {
  const Lease lease(*this);
  Result<http::ClientResponse> answer = MakeError(ErrorCode::kIo, "not asked");
  auto pause = kFirstPause;
  bool has_moved = false;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt > 0) {
      std::this_thread::sleep_for(pause);
      pause *= 2;
    }
    if (cancel.IsCancelled()) return MakeError(ErrorCode::kCancelled, "cancelled");
    std::string origin;
    const http::RequestHead head = Request(object, query, range, origin);
    answer = exchange(lease.connection(), origin, head);
    if (answer && !has_moved && (answer->status == 301 || answer->status == 400)) {
      const std::string region(answer->fields.Get("x-amz-bucket-region"));
      has_moved = !region.empty() && region != RegionOf(object.bucket);
      if (has_moved) {
        const std::lock_guard lock(mutex_);
        regions_.emplace_back(object.bucket, region);
        continue;
      }
    }
    if (!MayPass(answer)) break;
  }
  if (answer && answer->status >= 300) return std::unexpected(Refused(object, *answer));
  return answer;
}

Result<S3Page> S3Client::List(const S3Path& below, std::string_view delimiter, std::string_view token,
                              const CancelToken& cancel) {
  std::string query;
  if (!token.empty()) query += "continuation-token=" + codec::UriEncode(token) + "&";
  if (!delimiter.empty()) query += "delimiter=" + codec::UriEncode(delimiter) + "&";
  query += "encoding-type=url&list-type=2&prefix=" + codec::UriEncode(below.key);
  const S3Path bucket{below.bucket, ""};
  const auto answer = Run(bucket, query, "", cancel,
                          [&](http::Client& client, const std::string& origin, const http::RequestHead& head) {
                            return client.Send(origin, head, kMaxListingBytes, cancel);
                          });
  if (!answer) return std::unexpected(answer.error());
  return ParseS3Listing(answer->body, below.bucket);
}

Status S3Client::Get(const S3Path& object, uint64_t offset, std::span<uint8_t> out, const CancelToken& cancel) {
  if (out.empty()) return {};
  const std::string range = fmt::format("bytes={}-{}", offset, offset + out.size() - 1);
  const auto answer = Run(object, "", range, cancel,
                          [&](http::Client& client, const std::string& origin, const http::RequestHead& head) {
                            return client.Receive(origin, head, out, cancel);
                          });
  if (!answer) return std::unexpected(answer.error());
  return {};
}

Result<S3Page> ParseS3Listing(std::string_view xml, std::string_view bucket) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size());
  const pugi::xml_node listing = document.child("ListBucketResult");
  if (!parsed || !listing) {
    return MakeError(ErrorCode::kCorrupt, "{}{}: the answer is no listing of a bucket", kScheme, bucket);
  }
  const bool is_encoded = std::string_view(listing.child_value("EncodingType")) == "url";
  const auto plain = [&](const char* text) {
    return is_encoded ? codec::UriDecode(text, codec::Plus::kSpace).value_or(text) : std::string(text);
  };
  S3Page page;
  for (const pugi::xml_node object : listing.children("Contents")) {
    LogFile file;
    file.path = fmt::format("{}{}/{}", kScheme, bucket, plain(object.child_value("Key")));
    file.size = object.child("Size").text().as_ullong();
    if (const auto time = codec::ParseIso8601(object.child_value("LastModified"))) {
      file.mtime_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(time->time_since_epoch()).count();
    }
    page.objects.push_back(std::move(file));
  }
  for (const pugi::xml_node prefix : listing.children("CommonPrefixes")) {
    page.prefixes.push_back(plain(prefix.child_value("Prefix")));
  }
  if (std::string_view(listing.child_value("IsTruncated")) == "true") {
    page.next = listing.child_value("NextContinuationToken");
    if (page.next.empty()) {
      return MakeError(ErrorCode::kCorrupt, "{}{}: a listing goes on, but does not say where", kScheme, bucket);
    }
  }
  return page;
}

}  // namespace opentrail::logs
