#pragma once

#include <string_view>

#include "base/random.h"
#include "codec/value.h"
#include "gateway/web_files.h"
#include "http/message.h"

// What the console's endpoints read from a request's head and write into an answer's. Pure, but for nonces.
namespace opentrail::gateway {

inline constexpr std::string_view kTokenField = "x-console-token";

// Sent by a page of the console itself: Origin names the scheme and host that the request went to, no browser says
// otherwise (Sec-Fetch-Site), and the body is JSON, which no form of another page can send.
[[nodiscard]] bool IsOwnPage(const http::RequestHead& head);

// "" where there is none. Over TLS the cookie's name begins with __Host-, so that no other host can set it.
[[nodiscard]] std::string_view SessionCookie(const http::RequestHead& head);
// HttpOnly, SameSite=Strict, Secure over TLS; "" takes it away.
void SetSessionCookie(const http::RequestHead& head, http::Response& response, std::string_view cookie);

[[nodiscard]] http::Response JsonAnswer(int status, const Value& value);
[[nodiscard]] http::Response ErrorAnswer(int status, std::string_view message);  // {"message": ..}
[[nodiscard]] http::Response Redirect(std::string_view location);

enum class Caching : uint8_t { kRevalidated, kForever };
// A file, compressed where the browser takes that; 304 where it has it already.
[[nodiscard]] http::Response FileAnswer(const http::RequestHead& head, const WebFile& file, Caching caching);
// The page that all the console's addresses show, under the content security policy. kNonceMark in it becomes the
// nonce of this answer, with which alone a style may be added.
inline constexpr std::string_view kNonceMark = "{{nonce}}";
[[nodiscard]] http::Response PageAnswer(const WebFile& page, RandomSource& random);

// An answer of S3's to who brings no Authorization field: a browser that was given a link, most likely. Objects lie at
// the console's own origin; what such a document runs is put into one of its own, where the console's session is out of
// reach.
void KeepFromConsole(const http::RequestHead& head, http::Response& response);

}  // namespace opentrail::gateway
