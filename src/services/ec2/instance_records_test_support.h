#pragma once

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "services/ec2/ec2_test_support.h"
#include "services/ec2/instance_directory.h"
#include "services/iam/iam_service.h"
#include "store/committer.h"

namespace opentrail::services::ec2 {

// Calls between services: kept, and answered as STS answers.
class RecordingInsideCalls final : public InsideCalls {
 public:
  AwsResult<Reply> Invoke(store::Transaction& /*transaction*/, InsideCall call) override {
    calls.push_back(std::move(call));
    if (refuses) return AwsFailure("AccessDenied", "not trusted");
    Reply reply;
    reply.output.Set("Credentials",
                     Value::Object({{"AccessKeyId", "ASIA"},
                                    {"SecretAccessKey", "secret"},
                                    {"SessionToken", "token"},
                                    {"Expiration", Time(std::chrono::milliseconds(1'772'647'200'000))}}));
    return reply;
  }
  std::vector<InsideCall> calls;
  bool refuses = false;
};

// EC2's records in a file, for those who read them beside the handlers.
class InstanceRecordsTest : public Ec2Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/opentrail-records-XXXXXX";
    directory_ = mkdtemp(name);
    state_ = Open(store::OpenMode::kReadWrite);
    ASSERT_TRUE(store::Migrate(state_, service_.migrations()).has_value());
    ASSERT_TRUE(store::Migrate(state_, iam::IamService::Migrations()).has_value());
    auto committer = store::Committer::Start(Open(store::OpenMode::kReadWrite));
    ASSERT_TRUE(committer.has_value());
    committer_ = std::move(*committer);
    image_ = Ok("DescribeImages", "{}")["Images"].elements().at(0)["ImageId"].Text();
  }
  void TearDown() override {
    committer_.reset();
    std::filesystem::remove_all(directory_);
  }

  [[nodiscard]] store::Connection Open(store::OpenMode mode) const {
    auto opened = store::Connection::Open(directory_ + "/account.db", mode);
    EXPECT_TRUE(opened.has_value());
    return std::move(*opened);
  }
  // An instance as DescribeInstances has it; `more`: members of RunInstances' input, each after a comma.
  Value Launch(const std::string& more = "") {
    const Value reservation =
        Ok("RunInstances",
           R"({"ImageId":")" + image_ + R"(","InstanceType":"t3.micro","MinCount":1,"MaxCount":1)" + more + "}");
    return reservation["Instances"].elements().at(0);
  }
  static std::string TextOf(const Value& value) { return std::string(value.Text()); }
  RecordedInstances::Parts Parts() { return {"123456789012", clock_, *committer_, calls_}; }

  std::string directory_, image_;
  std::unique_ptr<store::Committer> committer_;
  RecordingInsideCalls calls_;
};

}  // namespace opentrail::services::ec2
