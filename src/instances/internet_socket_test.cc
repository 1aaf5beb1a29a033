#include "instances/internet_socket.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

namespace opentrail::instances {
namespace {

class InternetSocketTest : public testing::Test {
 protected:
  void SetUp() override {
    // Longer than a socket's name may be.
    char name[] = "/tmp/opentrail-internet-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    root_ = name;
    data_ = root_ + "/" + std::string(150, 'd');
    std::filesystem::create_directories(data_ + "/instances");
    Listen();
  }
  void TearDown() override {
    socket_.reset();
    std::filesystem::remove_all(root_);
  }
  void Listen() {
    auto socket =
        InternetSocket::Listen(data_, {.add = [this](std::string_view address) -> Result<FileDescriptor> {
                                         if (address == "10.0.0.1")
                                           return MakeError(ErrorCode::kInvalidArgument, "the address is taken");
                                         ++hosts_;
                                         return FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
                                       },
                                       .remove = [this](std::string_view) -> Status {
                                         --hosts_;
                                         return {};
                                       }});
    ASSERT_TRUE(socket.has_value()) << socket.error().message;
    socket_ = std::move(*socket);
  }
  void AwaitHosts(int count) {
    for (int i = 0; i < 5000 && hosts_ != count; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_EQ(hosts_, count);
  }

  std::string root_, data_;
  std::atomic<int> hosts_ = 0;
  std::unique_ptr<InternetSocket> socket_;
};

TEST_F(InternetSocketTest, AHostLivesAsLongAsItsConnection) {
  auto first = JoinInternet(data_, "203.0.113.66");
  ASSERT_TRUE(first.has_value()) << first.error().message;
  EXPECT_TRUE(first->network_namespace);
  auto second = JoinInternet(data_, "203.0.113.67");
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(hosts_, 2);
  first->connection.Reset();
  AwaitHosts(1);
  second->connection.Reset();
  AwaitHosts(0);
}

TEST_F(InternetSocketTest, ARefusalSaysWhy) {
  const auto refused = JoinInternet(data_, "10.0.0.1");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message, "the address is taken");
  EXPECT_EQ(hosts_, 0);
}

TEST_F(InternetSocketTest, GuestsGoWithTheServerAndANewOneTakesItsPlace) {
  auto guest = JoinInternet(data_, "203.0.113.66");
  ASSERT_TRUE(guest.has_value());
  socket_.reset();
  EXPECT_EQ(hosts_, 0);
  char byte = 0;
  EXPECT_EQ(read(guest->connection.get(), &byte, 1), 0) << "the guest hears of it";
  EXPECT_EQ(JoinInternet(data_, "203.0.113.66").error().code, ErrorCode::kNotFound);
  Listen();
  EXPECT_TRUE(JoinInternet(data_, "203.0.113.66").has_value());
}

TEST_F(InternetSocketTest, IsTheOwnersAlone) {
  struct stat status{};
  ASSERT_EQ(stat((data_ + "/instances/internet.sock").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(JoinInternet(root_, "203.0.113.66").error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace opentrail::instances
