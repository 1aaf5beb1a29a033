#include "cli/terminal.h"

#include <gtest/gtest.h>

namespace opentrail::cli {
namespace {

TEST(TerminalTest, NothingOfALogReachesTheTerminalUnescaped) {
  EXPECT_EQ(Printable("plain é 漢"), "plain é 漢");
  EXPECT_EQ(Printable("\x1b[31mred\n\t\r\x7f"), "\\x1b[31mred\\n\\t\\r\\x7f");
  EXPECT_EQ(Printable("\xc2\x9b"
                      "31m"),
            "\\x9b31m");  // C1 CSI as UTF-8
  EXPECT_EQ(Printable("a\xe2\x80\xae"
                      "b"),
            "a\\u202eb");  // right-to-left override
  EXPECT_EQ(Printable("\x9b"
                      "31m"),
            "\\x9b31m");                          // a bare C1 byte
  EXPECT_EQ(Printable("\xe2\x80"), "\xe2\\x80");  // cut off
}

TEST(TerminalTest, LinesStayLines) { EXPECT_EQ(PrintableLines("a\tb\x1b[1m\n"), "a\tb\\x1b[1m\n"); }

TEST(TerminalTest, JsonStaysWhatItMeant) {
  EXPECT_EQ(PrintableJson("{\n \"a\": \"\\u001b é\"}"), "{\n \"a\": \"\\u001b é\"}");
  EXPECT_EQ(PrintableJson("\"\xc2\x9b"
                          "31m\xe2\x80\xae\x7f\""),
            R"("\u009b31m\u202e\u007f")");
}

TEST(TerminalTest, Numbers) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1234567), "1,234,567");
  EXPECT_EQ(Bytes(1023), "1023 B");
  EXPECT_EQ(Bytes(1536), "1.5 KiB");
  EXPECT_EQ(DisplayWidth("é漢x"), 3U);
}

}  // namespace
}  // namespace opentrail::cli
