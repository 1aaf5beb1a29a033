// The scanner against a plain DOM on random logs, in every kernel, whole and in parts.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "logs/dom_oracle.h"

namespace opentrail::logs {
namespace {

class RandomLog {
 public:
  explicit RandomLog(uint32_t seed) : random_(seed) {}

  std::string Text() {
    switch (Below(6)) {
      case 0: return Space() + Object(0) + Space();
      case 1: return Array(Below(20));
      case 2: return R"({"a":)" + Value(1) + R"(,"Records":)" + Array(Below(20)) + R"(,"z":)" + Value(1) + "}";
      case 3: return R"({"Events":)" + Array(Below(6)) + "}";
      case 4: return R"({"detail":)" + Object(0) + "}" + R"({"aws":{"cloudtrail":)" + Object(0) + "}}";
      default: break;
    }
    std::string lines;
    for (size_t i = Below(10); i > 0; --i) lines += Object(0) + "\n";
    return lines;
  }

 private:
  size_t Below(size_t bound) { return random_() % bound; }

  std::string Space() {
    static constexpr std::array<std::string_view, 6> kSpaces = {"", "", "", " ", "\n\t", "\r\n                    "};
    return std::string(kSpaces[Below(kSpaces.size())]);
  }

  std::string Key() {
    static constexpr std::array<std::string_view, 16> kKeys = {
        "eventName",
        "EVENTNAME",
        "event\\u004eame",
        "eventID",
        "userIdentity",
        "arn",
        "ar\\u006E",
        "sessionContext",
        "sessionIssuer",
        "userName",
        "requestParameters",
        "resources",
        "readOnly",
        "x\\\"y",
        "",
        "aKeyThatIsLongerThanAnyThatIsAskedForSoThatItSpansTwoBlocksOfTheScanner"};
    return "\"" + std::string(kKeys[Below(kKeys.size())]) + "\"";
  }

  std::string String() {
    static constexpr std::array<std::string_view, 12> kPieces = {
        "plain",           "{", "}", "[]:,", "\\\"", "\\\\", "\\n", "\\u00e9", "\\ud83d\\ude00", "\xC3\xA9", " ",
        "0123456789abcdef"};
    std::string text = "\"";
    for (size_t i = Below(12); i > 0; --i) text += kPieces[Below(kPieces.size())];
    return text + "\"";
  }

  std::string Value(size_t depth) {
    static constexpr std::array<std::string_view, 7> kScalars = {
        "null", "true", "false", "0", "-12.5e3", "9007199254740993", "1.0"};
    size_t kind = Below(depth > 4 ? 6 : 10);
    if (kind < 3) return std::string(kScalars[Below(kScalars.size())]);
    if (kind < 6) return String();
    if (kind < 9) return Object(depth + 1);
    return Array(Below(4), depth + 1);
  }

  std::string Object(size_t depth) {
    std::string text = "{" + Space();
    size_t members = Below(depth > 4 ? 2 : 9);
    for (size_t i = 0; i < members; ++i) {
      if (i > 0) text += "," + Space();
      text += Key() + Space() + ":" + Space() + Value(depth) + Space();
    }
    return text + "}";
  }

  std::string Array(size_t elements, size_t depth = 0) {
    std::string text = "[" + Space();
    for (size_t i = 0; i < elements; ++i) {
      if (i > 0) text += "," + Space();
      text += (Below(8) == 0 ? Value(depth + 1) : Object(depth)) + Space();
    }
    return text + "]";
  }

  std::mt19937 random_;
};

TEST(ScannerRandom, AgreesWithTheDom) {
  const std::vector<std::string> fields = {
      "eventname", "useridentity",      "useridentity.arn", "useridentity.sessioncontext.sessionissuer.username",
      "resources", "requestparameters", "readonly"};
  size_t rows = 0;
  for (uint32_t seed = 0; seed < 4000; ++seed) {
    std::string text = RandomLog(seed).Text();
    std::optional<oracle::Reading> dom = oracle::ReadWithDom(text, fields);
    ASSERT_TRUE(dom) << text;
    rows += dom->rows.size();
    auto kernel = static_cast<Kernel>(seed % 4);
    if (!IsSupported(kernel)) kernel = Kernel::kScalar;
    ASSERT_EQ(oracle::Difference(*dom, oracle::ReadWithScanner(text, fields, kernel)), "") << seed << ": " << text;
    size_t part = 1 + seed % 200;
    ASSERT_EQ(oracle::Difference(*dom, oracle::ReadWithScanner(text, fields, kernel, part)), "")
        << seed << ": " << text;
  }
  EXPECT_GT(rows, 10'000U);
}

}  // namespace
}  // namespace opentrail::logs
