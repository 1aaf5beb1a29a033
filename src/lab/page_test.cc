#include "lab/page.h"

#include <gtest/gtest.h>

#include "lab/lab_files.h"
#include "lab/web_server.h"

namespace opentrail::lab {
namespace {

TEST(Page, TemplatesAreFilledAndEscaped) {
  EXPECT_EQ(FillTemplate("<b>{{name}}</b> {{other}} {{", {{"name", "a<b&\"c\">"}}),
            "<b>a&lt;b&amp;&quot;c&quot;&gt;</b> {{other}} {{");
  EXPECT_EQ(FillTemplate("", {}), "");
}

TEST(Page, TheCafeIsWhole) {
  for (const char* file : {"site/cafe/index.html", "site/cafe/images/Coffee-and-Pastries.jpg", "pictures/intruder.jpg",
                           "attack/attack.py", "page/exercise.html"}) {
    EXPECT_FALSE(FindLabFile(file).empty()) << file;
  }
  EXPECT_NE(FindLabFile("pictures/intruder.jpg"), FindLabFile("site/cafe/images/Coffee-and-Pastries.jpg"));
}

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html: 16 KB before it is encoded.
TEST(WebServer, UserDataIsAScriptThatFitsAndTellsNoPassword) {
  const Draw draw = DrawOf(3);
  const std::string script = WebServerUserData(draw);
  EXPECT_TRUE(script.starts_with("#!/bin/bash\n"));
  EXPECT_LT(script.size(), 16384u);
  EXPECT_NE(script.find("bucket=" + draw.bucket + "\n"), std::string::npos);
  EXPECT_NE(script.find("--password '$6$"), std::string::npos);
  EXPECT_EQ(script.find(draw.intruder_password), std::string::npos);
}

}  // namespace
}  // namespace opentrail::lab
