#include <algorithm>
#include <array>
#include <map>

#include "codec/text.h"
#include "sigv4/scheme.h"

// The canonical request of Signature Version 4, and what Version 2 has in its place.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
namespace opentrail::sigv4 {
namespace {

// Without empty and dot segments (RFC 3986 section 5.2.4, and no // either).
std::string NormalisedPath(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const std::string_view segment : Split(path, '/')) {
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string normalised;
  for (const std::string_view segment : kept) {
    normalised += '/';
    normalised += segment;
  }
  if (kept.empty() || path.ends_with('/')) normalised += '/';
  return normalised;
}

// One name or value of the query, encoded as the scheme has it however the client did. A + is a space, as AWS reads it.
std::string CanonicalComponent(std::string_view raw) {
  const auto decoded = codec::UriDecode(raw, codec::Plus::kSpace);
  return codec::UriEncode(decoded ? std::string_view(*decoded) : raw);
}

void AppendQuery(std::string& out, std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const std::string_view pair : Split(query, '&')) {
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    std::string name = CanonicalComponent(pair.substr(0, equals));
    if (name == "X-Amz-Signature") continue;
    parameters.emplace_back(std::move(name), CanonicalComponent(pair.substr(std::min(pair.size(), equals + 1))));
  }
  std::ranges::sort(parameters);
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (i > 0) out += '&';
    out += parameters[i].first;
    out += '=';
    out += parameters[i].second;
  }
}

// Runs of white space become one space.
void AppendFolded(std::string& out, std::string_view value) {
  bool in_space = false;
  for (const char c : Trim(value)) {
    const bool is_space = c == ' ' || c == '\t';
    if (!is_space || !in_space) out += is_space ? ' ' : c;
    in_space = is_space;
  }
}

bool SameName(std::string_view sent, std::string_view lower) {
  return std::ranges::equal(
      sent, lower, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
}

void AppendHeader(std::string& out, const http::Fields& fields, std::string_view name) {
  out += name;
  out += ':';
  bool first = true;
  for (const auto& [sent, value] : fields.entries()) {
    if (!SameName(sent, name)) continue;
    if (!first) out += ',';
    first = false;
    AppendFolded(out, value);
  }
  out += '\n';
}

// Parameters that are part of what Version 2 signs, in order.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/RESTAuthentication.html
constexpr std::array<std::string_view, 37> kSubresources = {
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "defaultObjectAcl",
    "delete",
    "encryption",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "object-lock",
    "partNumber",
    "policy",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "select",
    "select-type",
    "storageClass",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
};
static_assert(std::ranges::is_sorted(kSubresources));

// The query of a Version 2 request: sub-resources with their values decoded, headers that travel as parameters.
struct QueryV2 {
  std::map<std::string, std::string> amz_headers;
  std::vector<std::string> subresources;
  std::string content_md5, content_type, expires;
};

QueryV2 ReadQueryV2(std::string_view query) {
  QueryV2 read;
  std::vector<std::pair<std::string_view, std::string>> subresources;
  for (const std::string_view pair : Split(query, '&')) {
    const size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view name = pair.substr(0, equals);
    const std::string_view raw = pair.substr(std::min(pair.size(), equals + 1));
    std::string value = codec::UriDecode(raw, codec::Plus::kSpace).value_or(std::string(raw));
    const std::string lower = LowerCase(name);
    if (lower.starts_with("x-amz-")) {
      read.amz_headers[lower] = value;
    } else if (lower == "content-md5") {
      read.content_md5 = value;
    } else if (lower == "content-type") {
      read.content_type = value;
    } else if (name == "Expires") {
      read.expires = value;
    } else if (std::ranges::binary_search(kSubresources, name)) {
      subresources.emplace_back(name, equals < pair.size() ? "=" + value : std::string());
    }
  }
  std::ranges::stable_sort(subresources, {}, &std::pair<std::string_view, std::string>::first);
  for (const auto& [name, value] : subresources) read.subresources.push_back(std::string(name) + value);
  return read;
}

}  // namespace

std::string CanonicalRequest(const http::RequestHead& head, const std::vector<std::string>& signed_headers,
                             std::string_view payload_hash, PathStyle style) {
  std::string out;
  out.reserve(head.target.size() * 2 + 512);
  out += head.method;
  out += '\n';
  switch (style) {
    case PathStyle::kAsSent: out += head.path.empty() ? std::string_view("/") : std::string_view(head.path); break;
    case PathStyle::kEncodeTwice: out += codec::UriEncode(NormalisedPath(head.path), codec::Slash::kKeep); break;
  }
  out += '\n';
  AppendQuery(out, head.query);
  out += '\n';
  for (const std::string& name : signed_headers) AppendHeader(out, head.fields, name);
  out += '\n';
  for (size_t i = 0; i < signed_headers.size(); ++i) {
    if (i > 0) out += ';';
    out += signed_headers[i];
  }
  out += '\n';
  out += payload_hash;
  return out;
}

std::string StringToSignV2(const http::RequestHead& head, std::string_view bucket) {
  QueryV2 query = ReadQueryV2(head.query);
  std::map<std::string, std::string> amz_headers;
  for (const auto& [name, value] : head.fields.entries()) {
    std::string lower = LowerCase(name);
    if (!lower.starts_with("x-amz-")) continue;
    const auto [known, is_new] = amz_headers.try_emplace(std::move(lower));
    if (!is_new) known->second += ',';
    known->second += Trim(value);
  }
  amz_headers.merge(query.amz_headers);  // a header goes before the parameter of its name
  std::string out = head.method;
  out += '\n';
  out += head.fields.Find("content-md5").value_or(query.content_md5);
  out += '\n';
  out += head.fields.Find("content-type").value_or(query.content_type);
  out += '\n';
  out += query.expires;
  out += '\n';
  for (const auto& [name, value] : amz_headers) out += name + ":" + value + "\n";
  if (!bucket.empty()) out += "/" + std::string(bucket);
  out += head.path;
  for (size_t i = 0; i < query.subresources.size(); ++i) {
    out += i == 0 ? '?' : '&';
    out += query.subresources[i];
  }
  return out;
}

}  // namespace opentrail::sigv4
