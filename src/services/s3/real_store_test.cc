#include <filesystem>

#include "services/s3/s3_test_support.h"

// S3 on the real object store: what lies on disk is encrypted, and comes back whole.
namespace opentrail::services::s3 {
namespace {

class RealStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / fmt::format("s3-real-store-{}", getpid());
    std::filesystem::create_directories(directory_);
    auto opened = store::Connection::Open(":memory:");
    ASSERT_TRUE(opened);
    connection_ = std::make_unique<store::Connection>(std::move(*opened));
    ASSERT_TRUE(store::Migrate(*connection_, store::ObjectStore::Migrations()));
    auto objects = store::ObjectStore::Open(directory_ / "objects", *connection_, random_);
    ASSERT_TRUE(objects);
    objects_ = std::move(*objects);
    service_ = std::make_unique<S3Service>(Environment{"123456789012", clock_, random_, kms_}, *objects_, *secrets_);
    ASSERT_TRUE(store::Migrate(*connection_, service_->migrations()));
  }
  void TearDown() override {
    EXPECT_TRUE(connection_->status());
    service_.reset();
    objects_.reset();
    std::filesystem::remove_all(directory_);
  }
  AwsResult<Reply> Invoke(std::string_view name, Value input, std::unique_ptr<BodySink> body = nullptr) {
    const auto handlers = service_->handlers();
    const auto handler = std::ranges::lower_bound(handlers, name, {}, &Handler::operation);
    protocol::Operation operation{};
    operation.name = name;
    Call call{.operation = &operation, .account_id = "123456789012", .region = "us-east-1", .now = clock_.Now()};
    call.input = std::move(input);
    call.body = std::move(body);
    store::Transaction transaction(*connection_);
    return transaction.Try([&] { return handler->handle(*service_, call, transaction); });
  }
  std::string Read(Value input) {
    auto reply = Invoke("GetObject", std::move(input));
    if (!reply) return reply.error().code;
    std::string bytes, buffer(100'000, '\0');
    for (int64_t count = 0; (count = reply->body->Read(buffer.data(), buffer.size())) > 0;) {
      bytes.append(buffer, 0, static_cast<size_t>(count));
    }
    return bytes;
  }

  std::filesystem::path directory_;
  ManualClock clock_{Time(std::chrono::seconds(1'795'424'015))};
  SeededRandom random_{1};
  FakeKms kms_;
  std::unique_ptr<store::Secrets> secrets_ = store::Secrets::WithKey(std::string(32, 'k'), random_);
  std::unique_ptr<store::Connection> connection_;
  std::unique_ptr<store::ObjectStore> objects_;
  std::unique_ptr<S3Service> service_;
};

TEST_F(RealStoreTest, PutCopyCutAndReadBack) {
  ASSERT_TRUE(Invoke("CreateBucket", Value::Object({{"Bucket", "bucket"}})));
  std::string text;
  for (int i = 0; i < 60'000; ++i) text += std::to_string(i);
  for (const std::string& bytes : {std::string(), std::string("small"), text}) {
    auto body = service_->NewBody();
    ASSERT_TRUE(body && (*body)->Write(bytes) && (*body)->Finish({}));
    const Value key = Value::Object({{"Bucket", "bucket"}, {"Key", "k"}});
    ASSERT_TRUE(Invoke("PutObject", key, std::move(*body)));
    EXPECT_TRUE(Read(key) == bytes);
    Value copy = Value::Object({{"Bucket", "bucket"}, {"Key", "copy"}, {"CopySource", "bucket/k"}});
    copy.Set("ServerSideEncryption", "aws:kms");
    ASSERT_TRUE(Invoke("CopyObject", copy));
    ASSERT_TRUE(Invoke("DeleteObject", key));
    copy.Remove("ServerSideEncryption");
    copy.Remove("CopySource");
    EXPECT_TRUE(Read(copy) == bytes);
    if (bytes.size() < 1000) continue;
    copy.Set("Range", "bytes=65530-131080");
    EXPECT_TRUE(Read(copy) == bytes.substr(65530, 131081 - 65530));
  }
}

}  // namespace
}  // namespace opentrail::services::s3
