#include "gateway/console_answer.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "codec/gzip.h"
#include "codec/json_value.h"

namespace opentrail::gateway {
namespace {

using http::RequestHead;
using http::Response;

constexpr std::string_view kAlphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr size_t kNonceSize = 22;  // 128 bits

bool IsTls(const RequestHead& head) { return !head.peer.tls_version.empty(); }

std::string_view CookieName(const RequestHead& head) {
  return IsTls(head) ? "__Host-opentrail-session" : "opentrail-session";
}

class StringTarget final : public codec::InflateTarget {
 public:
  uint8_t* Reserve(size_t /*kept*/, size_t bytes) override {
    text_.resize(bytes);
    return reinterpret_cast<uint8_t*>(text_.data());
  }
  [[nodiscard]] std::string Take(size_t bytes) {
    text_.resize(bytes);
    return std::move(text_);
  }

 private:
  std::string text_;
};

// What was embedded is whole: we compressed it ourselves.
std::string Inflate(std::string_view gzip) {
  StringTarget target;
  codec::GzipInflater inflater;
  const auto bytes = std::span(reinterpret_cast<const uint8_t*>(gzip.data()), gzip.size());
  return target.Take(inflater.Inflate(bytes, {}, target).bytes);
}

void AddSafety(Response& response) {
  response.fields.Add("X-Content-Type-Options", "nosniff");
  response.fields.Add("Referrer-Policy", "no-referrer");
  response.fields.Add("Cross-Origin-Opener-Policy", "same-origin");
  response.fields.Add("Cross-Origin-Resource-Policy", "same-origin");
}

// Scripts from this server's files alone; whatever a name in the account holds, it cannot run.
std::string SecurityPolicy(std::string_view nonce) {
  return fmt::format(
      "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{}'; img-src 'self' data: blob:; font-src 'self' "
      "data:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
      "frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'",
      nonce);
}

}  // namespace

bool IsOwnPage(const RequestHead& head) {
  const std::string own = fmt::format("{}://{}", IsTls(head) ? "https" : "http", head.Host());
  if (head.fields.Get("origin") != own) return false;
  const auto site = head.fields.Find("sec-fetch-site");
  if (site && *site != "same-origin") return false;
  const std::string_view type = head.fields.Get("content-type");
  return type.substr(0, type.find(';')) == "application/json";
}

std::string_view SessionCookie(const RequestHead& head) {
  const std::string_view name = CookieName(head);
  std::string_view rest = head.fields.Get("cookie");
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
  }
  return {};
}

void SetSessionCookie(const RequestHead& head, Response& response, std::string_view cookie) {
  response.fields.Add("Set-Cookie",
                      fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict{}{}", CookieName(head), cookie,
                                  IsTls(head) ? "; Secure" : "", cookie.empty() ? "; Max-Age=0" : ""));
}

Response JsonAnswer(int status, const Value& value) {
  Response response;
  response.status = status;
  response.fields.Add("Content-Type", "application/json");
  response.fields.Add("Cache-Control", "no-store");
  AddSafety(response);
  response.body = codec::WriteJson(value);
  return response;
}

Response ErrorAnswer(int status, std::string_view message) {
  return JsonAnswer(status, Value::Object({{"message", message}}));
}

Response Redirect(std::string_view location) {
  Response response;
  response.status = 307;
  response.fields.Add("Location", std::string(location));
  return response;
}

Response FileAnswer(const RequestHead& head, const WebFile& file, Caching caching) {
  Response response;
  const std::string etag = fmt::format("\"{}\"", file.digest);
  response.fields.Add("ETag", etag);
  response.fields.Add("Cache-Control",
                      caching == Caching::kForever ? "public, max-age=31536000, immutable" : "no-cache");
  response.fields.Add("Vary", "Accept-Encoding");
  AddSafety(response);
  if (head.fields.Get("if-none-match") == etag) {
    response.status = 304;
    return response;
  }
  response.fields.Add("Content-Type", std::string(file.content_type));
  if (head.fields.Get("accept-encoding").find("gzip") != std::string_view::npos) {
    response.fields.Add("Content-Encoding", "gzip");
    response.body = file.gzip;
  } else {
    response.body = Inflate(file.gzip);
  }
  return response;
}

Response PageAnswer(const WebFile& page, RandomSource& random) {
  const std::string nonce = RandomText(random, kAlphanumeric, kNonceSize);
  Response response;
  response.fields.Add("Content-Type", std::string(page.content_type));
  response.fields.Add("Cache-Control", "no-store");
  response.fields.Add("Content-Security-Policy", SecurityPolicy(nonce));
  response.fields.Add("X-Frame-Options", "DENY");
  AddSafety(response);
  response.body = Inflate(page.gzip);
  for (size_t at = response.body.find(kNonceMark); at != std::string::npos; at = response.body.find(kNonceMark, at)) {
    response.body.replace(at, kNonceMark.size(), nonce);
  }
  return response;
}

void KeepFromConsole(const RequestHead& head, Response& response) {
  if (head.fields.Has("authorization")) return;
  response.fields.Add("Content-Security-Policy",
                      "sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts");
}

}  // namespace opentrail::gateway
