#include "instances/launcher/audit_collector.h"

#include <fcntl.h>
#include <libaudit.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace opentrail::instances {
namespace {

// Numbers of processes that are nobody's, so that nothing of this machine is looked up.
constexpr pid_t kNobody = 0x7ffffff0;

class AuditCollectorTest : public ::testing::Test {
 protected:
  // Adds an instance that begins in `session`; gives the end where its lines come.
  FileDescriptor Add(const std::string& id, int64_t session) {
    int ends[2];
    EXPECT_EQ(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    collector_.Add(id, kNobody, session, FileDescriptor(ends[1]));
    return FileDescriptor(ends[0]);
  }
  static std::string Lines(const FileDescriptor& pipe) {
    char buffer[4096];
    const ssize_t count = read(pipe.get(), buffer, sizeof buffer);
    return count > 0 ? std::string(buffer, static_cast<size_t>(count)) : "";
  }

  AuditCollector collector_{std::nullopt};
};

TEST_F(AuditCollectorTest, RecordsGoWhereTheirSessionBegan) {
  const FileDescriptor one = Add("i-1", 100), two = Add("i-2", 200);
  collector_.Take(AUDIT_USER_AUTH, "audit(1.0:1): pid=2147483601 uid=0 auid=0 ses=100 msg='op=a'");
  EXPECT_EQ(Lines(one),
            "type=USER_AUTH msg=audit(1.0:1): pid=2147483601 uid=0 auid=4294967295 ses=4294967295 msg='op=a'\n");
  EXPECT_EQ(Lines(two), "");
  // A login makes a session of its own, and that one another (su, a restarted sshd).
  collector_.Take(AUDIT_LOGIN,
                  "audit(1.0:2): pid=2147483601 uid=0 old-auid=0 auid=1000 tty=(none) old-ses=200 ses=201 res=1");
  EXPECT_EQ(Lines(two),
            "type=LOGIN msg=audit(1.0:2): pid=2147483601 uid=0 old-auid=4294967295 auid=1000 tty=(none) "
            "old-ses=4294967295 ses=201 res=1\n");
  collector_.Take(AUDIT_LOGIN,
                  "audit(1.0:3): pid=2147483601 uid=0 old-auid=1000 auid=1001 tty=(none) old-ses=201 ses=202 res=1");
  Lines(two);
  collector_.Take(AUDIT_USER_CMD, "audit(1.0:4): pid=2147483601 uid=0 auid=1001 ses=202 msg='cmd=b'");
  EXPECT_EQ(Lines(two), "type=USER_CMD msg=audit(1.0:4): pid=2147483601 uid=0 auid=1001 ses=202 msg='cmd=b'\n");
  EXPECT_EQ(Lines(one), "");
}

TEST_F(AuditCollectorTest, TheHostsRecordsAreNobodys) {
  const FileDescriptor one = Add("i-1", 100);
  collector_.Take(AUDIT_USER_AUTH, "audit(1.0:1): pid=2147483601 uid=0 auid=0 ses=5 msg='op=a ses=100'");
  collector_.Take(AUDIT_USER_AUTH, "audit(1.0:1): pid=2147483601 uid=0 auid=4294967295 ses=4294967295 msg='op=a'");
  collector_.Take(AUDIT_LOGIN, "audit(1.0:2): pid=2147483601 old-auid=0 auid=1 old-ses=4294967295 ses=6 res=1");
  EXPECT_EQ(Lines(one), "");
}

TEST_F(AuditCollectorTest, TheLaunchersOwnPartIsNotShown) {
  const FileDescriptor one = Add("i-1", 100);
  collector_.Take(AUDIT_LOGIN,
                  "audit(1.0:2): pid=2147483601 old-auid=4294967295 auid=0 old-ses=4294967295 ses=100 res=1");
  collector_.Take(AUDIT_SYSCALL,
                  "audit(1.0:2): arch=c000003e ppid=3 pid=2147483601 auid=0 ses=100 exe=\"/opt/launcher\"");
  EXPECT_EQ(Lines(one), "");
  collector_.Take(AUDIT_USER_AUTH, "audit(1.0:3): pid=2147483601 auid=0 ses=100 msg='op=a'");
  EXPECT_NE(Lines(one), "");
}

TEST_F(AuditCollectorTest, WhatIsNotTakenIsCounted) {
  const FileDescriptor one = Add("i-1", 100);
  for (int i = 0; i < 2000; ++i)
    collector_.Take(AUDIT_USER_AUTH, "audit(1.0:1): pid=2147483601 uid=0 auid=0 ses=100 msg='op=a'");
  EXPECT_GT(collector_.lost(), 0);
}

TEST_F(AuditCollectorTest, RemovedInstancesGetNoMore) {
  const FileDescriptor one = Add("i-1", 100);
  collector_.Remove("i-1");
  const FileDescriptor again = Add("i-2", 100);
  collector_.Take(AUDIT_USER_AUTH, "audit(1.0:1): pid=2147483601 uid=0 auid=0 ses=100 msg='op=a'");
  EXPECT_EQ(Lines(one), "");
  EXPECT_NE(Lines(again), "");
}

}  // namespace
}  // namespace opentrail::instances
