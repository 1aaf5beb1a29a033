#include "lab/page.h"

#include <algorithm>

#include <fmt/format.h>

#include "codec/json_value.h"
#include "codec/text.h"
#include "lab/account_client.h"
#include "lab/cafe.h"
#include "lab/check.h"
#include "lab/lab_files.h"

namespace opentrail::lab {
namespace {

constexpr size_t kMaxBodyBytes = 16UL * 1024;

http::Response AnswerOf(int status, std::string_view type, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  response.fields.Add("Content-Type", std::string(type));
  response.fields.Add("Cache-Control", "no-store");
  response.fields.Add("X-Content-Type-Options", "nosniff");
  response.fields.Add("Referrer-Policy", "no-referrer");
  response.fields.Add("Content-Security-Policy",
                      "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
                      "frame-ancestors 'none'; form-action 'none'; base-uri 'none'");
  return response;
}

http::Response NotFound() { return AnswerOf(404, "text/plain; charset=utf-8", "There is nothing here.\n"); }

std::string EscapeHtml(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace

http::ServerLimits PageLimits() {
  constexpr size_t kConnections = 64;
  http::ServerLimits limits;
  limits.body_bytes = kMaxBodyBytes;
  limits.connections = kConnections;
  return limits;
}

std::string FillTemplate(std::string_view text, const std::vector<std::pair<std::string_view, std::string>>& values) {
  std::string out;
  for (;;) {
    const size_t open = text.find("{{");
    const size_t close = open == std::string_view::npos ? open : text.find("}}", open);
    if (close == std::string_view::npos) return out.append(text);
    out += text.substr(0, open);
    const std::string_view name = text.substr(open + 2, close - open - 2);
    const auto value = std::ranges::find(values, name, &std::pair<std::string_view, std::string>::first);
    out += value != values.end() ? EscapeHtml(value->second) : std::string(text.substr(open, close + 2 - open));
    text.remove_prefix(close + 2);
  }
}

boost::asio::awaitable<http::Response> Page::Handle(http::RequestHead head, http::RequestBody& body) {
  const auto text = co_await body.ReadAll(kMaxBodyBytes);
  if (!text) co_return AnswerOf(413, "text/plain; charset=utf-8", "The request is too large, or broke off.\n");
  co_return Answer(head, *text);
}

http::Response Page::Answer(const http::RequestHead& head, std::string_view body) const {
  const size_t slash = head.path.find('/', 1);
  if (!head.path.starts_with('/') || slash == std::string::npos ||
      !codec::ConstantTimeEquals(std::string_view(head.path).substr(1, slash - 1), parts_.lab.draw.page_token)) {
    return NotFound();
  }
  const std::string_view name = std::string_view(head.path).substr(slash + 1);
  if (head.method == "POST" && name == "attack") {
    attack_();
    return AnswerOf(202, "application/json", "{}");
  }
  if (head.method == "POST" && name == "check") return Check(body);
  if (head.method != "GET") return NotFound();
  if (name.empty()) return AnswerOf(200, "text/html; charset=utf-8", Text());
  if (name == "status.json") {
    const AttackState state = ReadAttackState(parts_.data_directory);
    return AnswerOf(
        200, "application/json",
        codec::WriteJson(Value::Object({{"attack", AttackPhaseName(state.phase)}, {"failure", state.failure}})));
  }
  for (const char* ending : {".pem", ".ppk"}) {
    if (name == std::string(kKeyPair) + ending) return Download(name);
  }
  return NotFound();
}

http::Response Page::Check(std::string_view body) const {
  const auto given = codec::ParseJsonValue(body).value_or(Value());
  const auto text = [&](const char* name) { return std::string(given[name].Text()); };
  const Answers answers = RememberAnswers(
      parts_.data_directory,
      {.user = text("user"), .time = text("time"), .address = text("address"), .method = text("method")});
  AccountClient account(parts_.server_port, parts_.lab.keeper, clock_);
  Value findings = Value::List();
  for (const Finding& finding : CheckLab(account, parts_.data_directory, parts_.lab, answers))
    findings.Append(ToValue(finding));
  return AnswerOf(200, "application/json", codec::WriteJson(Value::Object({{"findings", std::move(findings)}})));
}

http::Response Page::Download(std::string_view file) const {
  auto bytes = ReadOwnFile(fmt::format("{}/{}", LabDirectory(parts_.data_directory), file));
  if (!bytes) return NotFound();
  http::Response response = AnswerOf(200, "application/octet-stream", std::move(*bytes));
  response.fields.Add("Content-Disposition", fmt::format("attachment; filename=\"{}\"", file));
  return response;
}

std::string Page::Text() const {
  const Draw& draw = parts_.lab.draw;
  const std::string console = fmt::format("http://localhost:{}", parts_.server_port);
  return FillTemplate(FindLabFile("page/exercise.html"), {{"address", parts_.lab.public_address},
                                                          {"instance", parts_.lab.instance_id},
                                                          {"group", parts_.lab.group_id},
                                                          {"account", draw.account_id},
                                                          {"console", console},
                                                          {"user", kStudent},
                                                          {"password", draw.student_password},
                                                          {"digits", draw.bucket.substr(draw.bucket.size() - 4)},
                                                          {"data", parts_.data_directory}});
}

}  // namespace opentrail::lab
