#include "http/response_head.h"

#include <charconv>
#include <chrono>

#include <fmt/format.h>
#include <boost/beast/http/status.hpp>

#include "base/clock.h"
#include "codec/timestamp.h"

namespace opentrail::http {
namespace {

std::string_view Reason(int status) {
  const auto name = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {name.data(), name.size()};
}

// Made once a second for each thread.
const std::string& DateField() {
  thread_local std::string text;
  thread_local Time second;
  const Time now = std::chrono::floor<std::chrono::seconds>(SystemClock().Now());
  if (now != second || text.empty()) {
    second = now;
    text = codec::FormatHttpDate(now);
  }
  return text;
}

void AppendNumber(std::string& out, uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  out.append(digits, end);
}

void AppendField(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  // A value with a line break would end the head early: what follows it is dropped.
  out += value.substr(0, value.find_first_of(std::string_view("\r\n\0", 3)));
  out += "\r\n";
}

}  // namespace

void AppendHead(std::string& out, const Response& response, uint64_t content_length, Afterwards afterwards,
                std::string_view server_header) {
  out += "HTTP/1.1 ";
  AppendNumber(out, static_cast<uint64_t>(response.status));
  out += ' ';
  out += Reason(response.status);
  out += "\r\n";
  for (const auto& [name, value] : response.fields.entries()) AppendField(out, name, value);
  if (HasBody(response.status)) {
    out += "Content-Length: ";
    AppendNumber(out, content_length);
    out += "\r\n";
  }
  if (!server_header.empty() && !response.fields.Has("server")) AppendField(out, "Server", server_header);
  AppendField(out, "Date", DateField());
  switch (afterwards) {
    case Afterwards::kKeepAlive: break;
    case Afterwards::kKeepAliveSaid: AppendField(out, "Connection", "keep-alive"); break;
    case Afterwards::kClose: AppendField(out, "Connection", "close"); break;
  }
  out += "\r\n";
}

Response PlainAnswer(int status) {
  Response response;
  response.status = status;
  response.fields.Add("Content-Type", "text/plain");
  response.body = fmt::format("{} {}\n", status, Reason(status));
  return response;
}

}  // namespace opentrail::http
