#include "lab/host_look.h"

#include <gtest/gtest.h>

namespace opentrail::lab {
namespace {

TEST(HostLook, ReadsWhatTheScriptPrints) {
  const auto hacked = ParseHostLook({"processes 2", "login 1", "passwords 1", "who", "chaos-user pts/0 (192.0.2.161)"});
  ASSERT_TRUE(hacked.has_value());
  EXPECT_TRUE(hacked->has_intruder_processes && hacked->has_intruder_login && hacked->config_takes_passwords);
  EXPECT_EQ(hacked->who, "chaos-user pts/0 (192.0.2.161)\n");
  // pgrep knows no such user: it prints nothing.
  const auto clean = ParseHostLook({"processes", "login 0", "passwords 0", "who"});
  ASSERT_TRUE(clean.has_value());
  EXPECT_FALSE(clean->has_intruder_processes || clean->has_intruder_login || clean->config_takes_passwords);
}

TEST(HostLook, AnythingElseIsNotTakenForAnAnswer) {
  EXPECT_FALSE(ParseHostLook({}).has_value());
  EXPECT_FALSE(ParseHostLook({"This account is currently not available."}).has_value());
  EXPECT_FALSE(ParseHostLook({"processes 0", "login 0", "passwords 0"}).has_value());
}

TEST(HostLook, FindsTheMethodsInSshsRefusal) {
  EXPECT_EQ(MethodsOfRefusal("ssh failed:\n  ec2-user@1.2.3.4: Permission denied (publickey,password).\r"),
            "publickey,password");
  EXPECT_EQ(MethodsOfRefusal("Permission denied (publickey)."), "publickey");
  EXPECT_FALSE(MethodsOfRefusal("ssh: connect to host 1.2.3.4 port 22: Connection timed out"));
  EXPECT_FALSE(MethodsOfRefusal("Permission denied (publickey"));
}

}  // namespace
}  // namespace opentrail::lab
