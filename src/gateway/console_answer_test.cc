#include "gateway/console_answer.h"

#include <gtest/gtest.h>

#include "codec/gzip_writer.h"
#include "gateway/console.h"

namespace opentrail::gateway {
namespace {

http::RequestHead Head(std::initializer_list<http::Fields::Entry> fields) {
  http::RequestHead head;
  head.method = "POST";
  head.fields.Add("host", "localhost:4566");
  for (const auto& [name, value] : fields) head.fields.Add(name, value);
  return head;
}

TEST(ConsoleAnswerTest, OnlyTheConsolesOwnPagesMayPost) {
  const http::Fields::Entry own{"origin", "http://localhost:4566"};
  const http::Fields::Entry json{"content-type", "application/json"};
  EXPECT_TRUE(IsOwnPage(Head({own, json})));
  EXPECT_TRUE(IsOwnPage(Head({own, json, {"sec-fetch-site", "same-origin"}})));
  EXPECT_FALSE(IsOwnPage(Head({json})));
  EXPECT_FALSE(IsOwnPage(Head({own})));
  EXPECT_FALSE(IsOwnPage(Head({own, {"content-type", "text/plain"}})));
  EXPECT_FALSE(IsOwnPage(Head({{"origin", "http://localhost:8080"}, json})));
  EXPECT_FALSE(IsOwnPage(Head({{"origin", "https://localhost:4566"}, json})));
  EXPECT_FALSE(IsOwnPage(Head({{"origin", "null"}, json})));
  EXPECT_FALSE(IsOwnPage(Head({own, json, {"sec-fetch-site", "same-site"}})));
}

TEST(ConsoleAnswerTest, TheCookieIsReadAndSetByTheNameOfItsTransport) {
  EXPECT_EQ(SessionCookie(Head({{"cookie", "a=b; opentrail-session=xyz; c=d"}})), "xyz");
  EXPECT_EQ(SessionCookie(Head({{"cookie", "not-opentrail-session=xyz"}})), "");
  EXPECT_EQ(SessionCookie(Head({})), "");
  http::RequestHead tls = Head({{"cookie", "opentrail-session=plain; __Host-opentrail-session=safe"}});
  tls.peer.tls_version = "TLSv1.3";
  EXPECT_EQ(SessionCookie(tls), "safe");
  http::Response response;
  SetSessionCookie(tls, response, "v");
  EXPECT_EQ(response.fields.Get("set-cookie"), "__Host-opentrail-session=v; Path=/; HttpOnly; SameSite=Strict; Secure");
}

TEST(ConsoleAnswerTest, APageHasItsNonceAndAPolicyWithoutInlineScripts) {
  const auto packed = codec::GzipCompress("<meta content=\"{{nonce}}\"><style nonce=\"{{nonce}}\">");
  const WebFile page{"index.html", "text/html; charset=utf-8", "d", packed};
  SeededRandom random(1);
  const http::Response response = PageAnswer(page, random);
  const std::string_view policy = response.fields.Get("content-security-policy");
  EXPECT_EQ(policy.find("unsafe"), std::string_view::npos);
  EXPECT_NE(policy.find("script-src 'self';"), std::string_view::npos);
  const size_t at = policy.find("'nonce-") + 7;
  const std::string nonce(policy.substr(at, policy.find('\'', at) - at));
  EXPECT_EQ(response.body, "<meta content=\"" + nonce + "\"><style nonce=\"" + nonce + "\">");
  EXPECT_EQ(response.fields.Get("cache-control"), "no-store");
}

TEST(ConsoleAnswerTest, FilesGoOutAsTheyArePackedOrAreKnownAlready) {
  const auto packed = codec::GzipCompress("content");
  const WebFile file{"assets/a.js", "text/javascript", "digest", packed};
  EXPECT_EQ(FileAnswer(Head({}), file, Caching::kForever).body, "content");
  const auto squeezed = FileAnswer(Head({{"accept-encoding", "gzip, br"}}), file, Caching::kForever);
  EXPECT_EQ(squeezed.body, packed);
  EXPECT_EQ(squeezed.fields.Get("content-encoding"), "gzip");
  EXPECT_EQ(FileAnswer(Head({{"if-none-match", "\"digest\""}}), file, Caching::kForever).status, 304);
}

TEST(ConsoleAnswerTest, AnObjectThatABrowserOpensIsNotOfTheConsolesOrigin) {
  http::Response opened;
  KeepFromConsole(Head({{"accept", "text/html"}}), opened);
  const std::string_view policy = opened.fields.Get("content-security-policy");
  EXPECT_TRUE(policy.starts_with("sandbox "));
  EXPECT_EQ(policy.find("allow-same-origin"), std::string_view::npos);
  http::Response signed_call;
  KeepFromConsole(Head({{"authorization", "AWS4-HMAC-SHA256 x"}}), signed_call);
  EXPECT_FALSE(signed_call.fields.Has("content-security-policy"));
}

TEST(ConsoleAnswerTest, WhatIsForTheConsole) {
  const auto is_for = [](std::string method, std::string path, std::initializer_list<http::Fields::Entry> fields) {
    http::RequestHead head = Head(fields);
    head.method = std::move(method);
    head.path = std::move(path);
    return Console::IsFor(head);
  };
  EXPECT_TRUE(is_for("GET", "/_console/home", {}));
  EXPECT_TRUE(is_for("POST", "/_signin/sign-in", {}));
  EXPECT_TRUE(is_for("GET", "/", {{"accept", "text/html,*/*"}}));
  EXPECT_FALSE(is_for("GET", "/", {}));
  EXPECT_FALSE(is_for("GET", "/", {{"accept", "text/html"}, {"authorization", "AWS4-HMAC-SHA256 x"}}));
  EXPECT_FALSE(is_for("GET", "/console/home", {{"accept", "text/html"}}));
}

TEST(ConsoleAnswerTest, EverythingThatWasBuiltIsEmbedded) {
  const auto files = WebFiles();
  EXPECT_TRUE(std::ranges::is_sorted(files, {}, &WebFile::path));
  EXPECT_TRUE(std::ranges::any_of(files, [](const WebFile& file) { return file.path == "index.html"; }));
  EXPECT_TRUE(std::ranges::any_of(files, [](const WebFile& file) { return file.path.starts_with("assets/"); }));
}

}  // namespace
}  // namespace opentrail::gateway
