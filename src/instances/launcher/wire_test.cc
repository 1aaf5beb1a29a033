#include "instances/launcher/wire.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "instances/launcher/launch_request.h"

namespace opentrail::instances {
namespace {

TEST(Wire, CarriesValuesAndFiles) {
  auto connection = MakeConnection();
  ASSERT_TRUE(connection.has_value());
  auto& [near, far] = *connection;
  const Value value = Value::Object({{"operation", "launch"}, {"text", std::string(100'000, 'x')}});
  ASSERT_TRUE(SendMessage(near.get(), value, {far.get(), near.get()}).has_value());
  const auto message = ReceiveMessage(far.get());
  ASSERT_TRUE(message.has_value() && message->has_value());
  EXPECT_EQ((*message)->value, value);
  ASSERT_EQ((*message)->descriptors.size(), 2U);
  struct stat sent{}, taken{};
  ASSERT_EQ(fstat(far.get(), &sent), 0);
  ASSERT_EQ(fstat((*message)->descriptors[0].get(), &taken), 0);
  EXPECT_EQ(sent.st_ino, taken.st_ino);
}

TEST(Wire, TellsTheEndFromAFault) {
  auto connection = MakeConnection();
  ASSERT_TRUE(connection.has_value());
  EXPECT_EQ(SendMessage(connection->first.get(), Value(std::string(kMaxMessage, 'x'))).error().code,
            ErrorCode::kLimitExceeded);
  connection->first.Reset();
  const auto message = ReceiveMessage(connection->second.get());
  ASSERT_TRUE(message.has_value());
  EXPECT_FALSE(message->has_value());
  EXPECT_EQ(SendMessage(connection->second.get(), Value("x")).error().code, ErrorCode::kIo);
}

TEST(LaunchRequest, ComesBackAsItWas) {
  const LaunchRequest request{.interface = {.instance_id = "i-0123456789abcdef0",
                                            .region = "eu-west-1",
                                            .vpc_id = "vpc-1",
                                            .vpc_cidr = "172.31.0.0/16",
                                            .subnet_cidr = "172.31.16.0/20",
                                            .private_address = "172.31.16.4",
                                            .public_address = "198.51.100.9",
                                            .mac = "0a:00:00:00:00:01",
                                            .security_groups = {"sg-1", "sg-2"}},
                              .image = "/image",
                              .limits = {.memory_bytes = 1 << 30, .processes = 99, .cpu_percent = 200},
                              .authorized_key = "ssh-ed25519 AAAA name",
                              .ca_certificate = "PEM",
                              .user_data = std::string("#!/bin/sh\n\0\xFF", 12)};
  const auto read = ReadLaunchRequest(ToValue(request));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(ToValue(*read), ToValue(request));
  EXPECT_EQ(read->user_data, request.user_data);
  EXPECT_EQ(read->interface.public_address, request.interface.public_address);
}

TEST(LaunchRequest, IdsAreNamesOfNothingElse) {
  EXPECT_TRUE(IsInstanceId("i-0123456789abcdef0"));
  for (const char* id : {"", "i-", "i-../../etc", "i-0/1", "sg-01", "i-0123456789ABCDEF0", ".."}) {
    EXPECT_FALSE(IsInstanceId(id)) << id;
    EXPECT_EQ(ReadLaunchRequest(Value::Object({{"interface", Value::Object({{"instance_id", id}})}})).error().code,
              ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace opentrail::instances
