#include "instances/launcher/audit_shim.h"

#include <fcntl.h>
#include <libaudit.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include <gtest/gtest.h>

#include "instances/launcher/privileges.h"
#include "instances/launcher/wire.h"

namespace opentrail::instances {
namespace {

constexpr const char* kId = "i-0123456789abcdef0";

// A child that is confined as an instance is, and does `work`; its exit code is what that answers.
class AuditShimTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "a program that may write audit records is root's";
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    lines_.Reset(ends[0]);
    writer_.Reset(ends[1]);
  }

  int Run(const std::function<int()>& work) {
    auto connection = MakeConnection();
    if (!connection) return -1;
    const pid_t child = fork();
    if (child == 0) {
      const auto notifier = DropPrivileges(AuditPath::kShim);
      if (!notifier || !SendMessage(connection->second.get(), Value(), {notifier->get()})) _exit(100);
      _exit(work());
    }
    connection->second.Reset();
    auto message = ReceiveMessage(connection->first.get());
    if (!message || !*message || (*message)->descriptors.size() != 1) return -1;
    shim_.Add(kId, std::move((*message)->descriptors.front()), std::move(writer_));
    return PumpUntilEnd(child);
  }

  std::string Lines() {
    std::string text(16 * 1024, '\0');
    const ssize_t size = read(lines_.get(), text.data(), text.size());
    text.resize(size > 0 ? static_cast<size_t>(size) : 0);
    return text;
  }

 private:
  int PumpUntilEnd(pid_t child) {
    constexpr int kPauseMs = 20;
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) PumpOnce(kPauseMs);
    // What has ended is let go, without waiting for it.
    while (PumpOnce(kPauseMs)) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  bool PumpOnce(int wait_ms) {
    std::vector<pollfd> events;
    shim_.AppendPolled(events);
    if (poll(events.data(), events.size(), wait_ms) <= 0) return false;
    for (const pollfd& event : events) {
      if (event.revents != 0) shim_.Pump(event);
    }
    return true;
  }

  AuditShim shim_;
  FileDescriptor lines_, writer_;
};

int LogIn(const char* user) {
  const int audit = audit_open();
  if (audit < 0) return 1;
  const int sent = audit_log_acct_message(audit, AUDIT_USER_AUTH, "/usr/sbin/sshd", "PAM:authentication", user, -1,
                                          "host", "198.51.100.77", "ssh", 1);
  close(audit);
  return sent > 0 ? 0 : 2;
}

TEST_F(AuditShimTest, LibauditWritesARecordAndHearsThatItWasTaken) {
  ASSERT_EQ(Run([] { return LogIn("chaos-user"); }), 0);
  const std::string line = Lines();
  EXPECT_TRUE(line.starts_with("type=USER_AUTH msg=audit(")) << line;
  EXPECT_NE(line.find("acct=\"chaos-user\""), line.npos) << line;
  EXPECT_NE(line.find("addr=198.51.100.77"), line.npos) << line;
  EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
}

TEST_F(AuditShimTest, WhoMayNotWriteRecordsIsRefused) {
  EXPECT_EQ(Run([] {
              if (setgid(65534) != 0 || setuid(65534) != 0) return 3;
              return LogIn("forged");
            }),
            2);
  EXPECT_EQ(Lines(), "");
}

TEST_F(AuditShimTest, SettingsAndRulesAreTheMachines) {
  EXPECT_EQ(Run([] {
              const int audit = audit_open();
              return audit_set_enabled(audit, 0) == -EPERM ? 0 : 1;
            }),
            0);
  EXPECT_EQ(Lines(), "");
}

TEST_F(AuditShimTest, SocketsAreBounded) {
  EXPECT_EQ(Run([] {
              int opened = 0;
              while (opened < 1000 && audit_open() >= 0) ++opened;
              return opened == 256 && errno == EMFILE ? 0 : 1;
            }),
            0);
}

}  // namespace
}  // namespace opentrail::instances
