#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "codec/json_value.h"
#include "services/iam/iam_service.h"
#include "services/s3/s3_service.h"

// An account with S3 in memory, and the fakes around it.
namespace opentrail::services::s3 {

// Contents in memory, in the open; counts what is alive.
class FakeObjectStore final : public store::ObjectStore {
 public:
  Result<std::unique_ptr<Writer>> Create(std::string key) override { return std::make_unique<FakeWriter>(key); }
  int64_t Adopt(store::Transaction& /*transaction*/, const store::StagedContent& content) override {
    contents_[++last_] = content.inline_bytes;
    return last_;
  }
  void Release(store::Transaction& /*transaction*/, int64_t content_id) override {
    EXPECT_EQ(contents_.erase(content_id), 1U) << "released twice: " << content_id;
  }
  void Drop(const store::StagedContent& /*content*/) override { ++dropped_; }
  Result<std::unique_ptr<http::BodySource>> Read(store::Connection& /*state*/, std::vector<store::Segment> segments,
                                                 uint64_t offset, uint64_t length) override {
    std::string bytes;
    for (const store::Segment& segment : segments) {
      const std::string& stored = contents_.at(segment.content_id);
      EXPECT_EQ(stored.substr(0, kKeyBytes), segment.key) << "the key of another content";
      EXPECT_EQ(stored.size() - kKeyBytes, segment.size);
      bytes += stored.substr(kKeyBytes);
    }
    return std::make_unique<TextSource>(bytes.substr(offset, length));
  }
  [[nodiscard]] size_t alive() const { return contents_.size(); }
  [[nodiscard]] int dropped() const { return dropped_; }

 private:
  static constexpr size_t kKeyBytes = 32;

  class FakeWriter final : public Writer {
   public:
    explicit FakeWriter(std::string key) : bytes_(std::move(key)) {}
    Status Write(std::string_view bytes) override {
      bytes_ += bytes;
      return {};
    }
    Result<store::StagedContent> Finish() override {
      return store::StagedContent{.size = bytes_.size() - kKeyBytes, .inline_bytes = bytes_, .file = {}};
    }

   private:
    std::string bytes_;  // the key, then what is written
  };
  class TextSource final : public http::BodySource {
   public:
    explicit TextSource(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] uint64_t size() const override { return text_.size(); }
    [[nodiscard]] int64_t Read(char* buffer, size_t capacity) override {
      const size_t count = text_.copy(buffer, capacity, at_);
      at_ += count;
      return static_cast<int64_t>(count);
    }

   private:
    std::string text_;
    size_t at_ = 0;
  };

  std::map<int64_t, std::string> contents_;
  int64_t last_ = 0;
  int dropped_ = 0;
};

// KMS as S3 sees it: data keys that open under the same context alone; and whether one may delete.
class FakeKms final : public InsideCalls {
 public:
  struct Seen {
    std::string operation, key_id, context, invoked_by;
  };
  AwsResult<Reply> Invoke(store::Transaction& /*transaction*/, InsideCall call) override {
    EXPECT_EQ(call.service, "kms");
    const std::string context = codec::WriteJson(call.input["EncryptionContext"]);
    seen.push_back({std::string(call.operation), std::string(call.input["KeyId"].Text()), context, call.invoked_by});
    if (refusal) return std::unexpected(*refusal);
    Reply reply;
    if (call.operation == "GenerateDataKey") {
      const std::string plain(32, static_cast<char>('a' + keys_.size()));
      const std::string cipher = fmt::format("cipher-{}", keys_.size());
      keys_[cipher] = {plain, context};
      reply.output.Set("Plaintext", Value::Blob(plain));
      reply.output.Set("CiphertextBlob", Value::Blob(cipher));
      reply.output.Set("KeyId", "arn:aws:kms:us-east-1:123456789012:key/k1");
      return reply;
    }
    const auto found = keys_.find(std::string(call.input["CiphertextBlob"].Bytes()));
    if (found == keys_.end() || found->second.second != context) return AwsFailure("InvalidCiphertextException", "");
    reply.output.Set("Plaintext", Value::Blob(found->second.first));
    return reply;
  }

  AwsStatus WouldAllow(store::Connection& /*state*/, InsideCall call) override {
    EXPECT_EQ(call.operation, "DeleteObject");
    if (call.input["Key"].Text() != kept_key) return {};
    return AwsFailure("AccessDenied", "{}", "kept");
  }

  std::vector<Seen> seen;
  std::optional<AwsError> refusal;
  std::string kept_key;  // nobody may delete it

 private:
  std::map<std::string, std::pair<std::string, std::string>> keys_;
};

// What a request brings beside its input.
struct Request {
  std::optional<std::string> body = std::nullopt;
  http::Fields fields = {};
  http::Fields trailers = {};
  std::string region = "us-east-1";
  opentrail::iam::PrincipalType principal = opentrail::iam::PrincipalType::kIamUser;
};

class S3Test : public ::testing::Test {
 protected:
  static constexpr const char* kAccount = "123456789012";

  S3Test() {
    auto opened = store::Connection::Open(":memory:");
    connection_ = std::make_unique<store::Connection>(std::move(*opened));
    EXPECT_TRUE(store::Migrate(*connection_, services::iam::IamService::Migrations()));
    const Status migrated = store::Migrate(*connection_, service_.migrations());
    EXPECT_TRUE(migrated) << migrated.error().message;
  }
  ~S3Test() override { EXPECT_TRUE(connection_->status()) << connection_->status().error().message; }

  static const Handler* Find(std::string_view operation, const S3Service& service) {
    const auto handlers = service.handlers();
    const auto found = std::ranges::lower_bound(handlers, operation, {}, &Handler::operation);
    return found != handlers.end() && found->operation == operation ? &*found : nullptr;
  }

  // A call on its way: what it points to lives here.
  struct Prepared {
    protocol::Operation operation{};
    http::RequestHead head;
    Call call;
  };
  std::unique_ptr<Prepared> Prepare(std::string_view operation, Value input, const Request& request = {}) {
    auto prepared = std::make_unique<Prepared>();
    prepared->operation.name = operation;
    prepared->head.fields = request.fields;
    Call& call = prepared->call;
    call.operation = &prepared->operation;
    call.account_id = kAccount;
    call.region = request.region;
    call.principal.type = request.principal;
    call.principal.account_id = kAccount;
    call.principal.arn = "arn:aws:iam::123456789012:user/chaos";
    call.secure_transport = true;
    call.now = clock_.Now();
    call.input = std::move(input);
    call.head = &prepared->head;
    return prepared;
  }

  // Authorises (without judging what must be allowed), takes the body and handles, as the gateway does.
  AwsResult<Reply> Invoke(std::string_view operation, Value input, const Request& request = {}) {
    const Handler* handler = Find(operation, service_);
    if (handler == nullptr) return AwsFailure("NotFound", "{} is not in the table", operation);
    const auto prepared = Prepare(operation, std::move(input), request);
    Call& call = prepared->call;
    if (request.body) {
      auto sink = handler->begin_body(service_, call);
      if (!sink) return std::unexpected(sink.error());
      if (AwsStatus status = (*sink)->Write(*request.body); !status) return std::unexpected(status.error());
      if (AwsStatus status = (*sink)->Finish(request.trailers); !status) return std::unexpected(status.error());
      call.body = std::move(*sink);
    }
    if (auto requests = handler->authorize(service_, call, *connection_); !requests) {
      return std::unexpected(requests.error());
    }
    store::Transaction transaction(*connection_);
    if (handler->begin != nullptr) {
      AwsStatus ready = handler->begin(service_, call, transaction);
      if (ready) ready = handler->prepare(service_, call);
      if (!ready) return std::unexpected(ready.error());
    }
    if (between_) between_();
    return transaction.Try([&] { return handler->handle(service_, call, transaction); });
  }

  // The same; it must go well.
  Value Do(std::string_view operation, Value input, const Request& request = {}) {
    auto reply = Invoke(operation, std::move(input), request);
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().code + ": " + reply.error().message);
    return reply ? std::move(reply->output) : Value();
  }
  // The code of the error; "" where it went well.
  std::string Fault(std::string_view operation, Value input, const Request& request = {}) {
    const auto reply = Invoke(operation, std::move(input), request);
    return reply ? "" : reply.error().code;
  }

  void MakeBucket(std::string_view name) { Do("CreateBucket", Value::Object({{"Bucket", name}})); }
  Value Put(std::string_view bucket, std::string_view key, std::string_view bytes, Value more = Value::Object()) {
    more.Set("Bucket", bucket);
    more.Set("Key", key);
    return Do("PutObject", std::move(more), {.body = std::string(bytes)});
  }
  static Value On(std::string_view bucket, std::string_view key) {
    return Value::Object({{"Bucket", bucket}, {"Key", key}});
  }
  static std::string ReadAll(http::BodySource& source) {
    std::string bytes, buffer(7, '\0');  // an odd size, so that pieces do not fall together with blocks
    for (;;) {
      const int64_t count = source.Read(buffer.data(), buffer.size());
      if (count <= 0) return bytes;
      bytes.append(buffer, 0, static_cast<size_t>(count));
    }
  }
  // The bytes of an object, or the error's code in brackets.
  std::string Get(Value input) {
    auto reply = Invoke("GetObject", std::move(input));
    if (!reply) return "[" + reply.error().code + "]";
    EXPECT_EQ(reply->body->size(), static_cast<uint64_t>(reply->output["ContentLength"].Integer(-1)));
    return ReadAll(*reply->body);
  }
  std::string Get(std::string_view bucket, std::string_view key) { return Get(On(bucket, key)); }

  ManualClock clock_{Time(std::chrono::seconds(1'795'424'015))};
  SeededRandom random_{1};
  FakeKms kms_;
  FakeObjectStore objects_;
  std::function<void()> between_;  // what happens after an operation's begin and before its end; may be empty
  std::unique_ptr<store::Secrets> secrets_ = store::Secrets::WithKey(std::string(32, 'k'), random_);
  S3Service service_{Environment{kAccount, clock_, random_, kms_}, objects_, *secrets_};
  std::unique_ptr<store::Connection> connection_;
};

}  // namespace opentrail::services::s3
