#include "instances/launcher/audit_record.h"

#include <gtest/gtest.h>

namespace opentrail::instances {
namespace {

constexpr std::string_view kLogin =
    "audit(1772625600.123:45): pid=2593 uid=0 old-auid=4294967295 auid=1000 tty=(none) old-ses=7 ses=12 res=1";
constexpr std::string_view kUser =
    "audit(1772625600.123:46): pid=2593 uid=0 auid=1000 ses=12 msg='op=x acct=\"pid=1 ses=3\" pid=9 res=success'";

TEST(AuditRecord, ReadsTheKernelsNumbers) {
  EXPECT_EQ(AuditNumber(kLogin, "ses"), 12);
  EXPECT_EQ(AuditNumber(kLogin, "old-ses"), 7);
  EXPECT_EQ(AuditNumber(kLogin, "old-auid"), kUnsetAuditId);
  EXPECT_EQ(AuditNumber(kLogin, "tty"), std::nullopt);
  EXPECT_EQ(AuditNumber("ses=3", "ses"), std::nullopt);  // not a field of its own
  EXPECT_EQ(AuditNumber("a ses=99999999999999999999", "ses"), std::nullopt);
}

TEST(AuditRecord, BelievesNoProgram) {
  EXPECT_EQ(AuditNumber("audit(1.0:1): pid=5 msg='op=x ses=3'", "ses"), std::nullopt);
  EXPECT_EQ(WithAuditNumber(kUser, "pid", 13),
            "audit(1772625600.123:46): pid=13 uid=0 auid=1000 ses=12 msg='op=x acct=\"pid=1 ses=3\" pid=9 "
            "res=success'");
  EXPECT_EQ(WithAuditNumber(kUser, "ppid", 1), kUser);
}

TEST(AuditRecord, LineIsAuditds) {
  EXPECT_EQ(AuditLine(1100, "audit(1.0:1): pid=1"), "type=USER_AUTH msg=audit(1.0:1): pid=1\n");
  EXPECT_EQ(AuditLine(1006, "audit(1.0:1): pid=1"), "type=LOGIN msg=audit(1.0:1): pid=1\n");
  EXPECT_EQ(AuditLine(1999, "x"), "type=UNKNOWN[1999] msg=x\n");
  EXPECT_EQ(AuditLine(1100, "a\ntype=LOGIN msg=b"), "type=USER_AUTH msg=a type=LOGIN msg=b\n");
}

}  // namespace
}  // namespace opentrail::instances
