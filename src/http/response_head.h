#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/message.h"

// The head of an answer as it leaves. Internal to http/.
namespace opentrail::http {

enum class Afterwards : uint8_t { kKeepAlive, kKeepAliveSaid /* HTTP/1.0 wants to hear it */, kClose };

// Whether an answer of this status can have a body and its length (RFC 9110 section 6.4.1).
[[nodiscard]] constexpr bool HasBody(int status) { return status >= 200 && status != 204 && status != 304; }

// Appends status line and fields, and what every answer has: Content-Length, Server (unless empty), Date, Connection.
void AppendHead(std::string& out, const Response& response, uint64_t content_length, Afterwards afterwards,
                std::string_view server_header);

// An answer to what is not HTTP as we take it: "404 Not Found" as text.
[[nodiscard]] Response PlainAnswer(int status);

}  // namespace opentrail::http
