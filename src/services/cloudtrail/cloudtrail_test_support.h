#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "codec/gzip.h"
#include "codec/json_value.h"
#include "codec/timestamp.h"
#include "services/cloudtrail/cloudtrail_service.h"
#include "services/cloudtrail/delivery_worker.h"
#include "services/s3/s3_service.h"
#include "store/committer.h"
#include "store/store_test_support.h"

// An account with CloudTrail and S3 in a directory of its own, and the fakes around them.
namespace opentrail::services::cloudtrail {

inline constexpr std::string_view kTestAccount = "123456789012";
inline constexpr std::string_view kTestKey =
    "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";

// A record as far as selectors, delivery and event history look at it.
struct TestRecord {
  std::string source = "ec2.amazonaws.com";
  std::string name = "AuthorizeSecurityGroupIngress";
  std::string region = "us-east-1";
  bool read_only = false;
  bool management = true;
  std::string service = {};  // acts for itself
};
inline store::JournalEntry EntryOf(const TestRecord& record, Time now, const std::string& id) {
  Value identity = record.service.empty() ? Value::Object({{"type", "IAMUser"}, {"userName", "chaos"}})
                                          : Value::Object({{"type", "AWSService"}, {"invokedBy", record.service}});
  const Value value = Value::Object({{"eventVersion", "1.11"},
                                     {"userIdentity", std::move(identity)},
                                     {"eventTime", codec::FormatIso8601(now)},
                                     {"eventSource", record.source},
                                     {"eventName", record.name},
                                     {"awsRegion", record.region},
                                     {"eventID", id},
                                     {"readOnly", record.read_only},
                                     {"eventType", "AwsApiCall"},
                                     {"eventCategory", record.management ? "Management" : "Data"}});
  return {.region = record.region, .time = now, .management = record.management, .record = codec::WriteJson(value)};
}

// S3 as it is, KMS with one key, policies as a test wants them. Records each call.
class FakeInsideCalls final : public InsideCalls {
 public:
  struct Seen {
    std::string operation;
    std::string region;
    Value input;
    std::string source_arn;
  };
  FakeInsideCalls(Clock& clock, RandomSource& random) : clock_(clock), random_(random) {}

  AwsResult<Reply> Invoke(store::Transaction& transaction, InsideCall inside) override {
    const TestRecord record{.source = std::string(inside.service) + ".amazonaws.com",
                            .name = std::string(inside.operation),
                            .region = inside.region,
                            .read_only = inside.operation != "PutObject",
                            .management = inside.operation != "PutObject",
                            .service = inside.principal.service};
    auto reply = transaction.Try([&] { return Answer(transaction, inside); });
    transaction.Append(EntryOf(record, clock_.Now(), RandomUuid(random_)));
    return reply;
  }
  AwsStatus WouldAllow(store::Connection& /*state*/, InsideCall inside) override {
    Note(inside);
    return Judge(inside);
  }

  Service* s3 = nullptr;
  std::function<AwsStatus(const InsideCall&)> policy;  // empty: everything is allowed
  std::string key_state = "Enabled";
  std::vector<Seen> seen;

 private:
  void Note(const InsideCall& inside) {
    const auto* source = inside.context.Find("aws:SourceArn");
    seen.push_back({std::string(inside.operation), inside.region, inside.input, source ? source->front() : ""});
  }
  AwsStatus Judge(const InsideCall& inside) { return policy ? policy(inside) : AwsStatus(); }

  AwsResult<Reply> Answer(store::Transaction& transaction, InsideCall& inside) {
    Note(inside);
    if (AwsStatus status = Judge(inside); !status) return std::unexpected(status.error());
    if (inside.service == "kms") return AnswerKms(inside);
    protocol::Operation operation{};
    operation.name = inside.operation;
    Call call;
    call.operation = &operation;
    call.account_id = kTestAccount;
    call.region = inside.region;
    call.principal = inside.principal;
    call.now = clock_.Now();
    call.input = std::move(inside.input);
    call.body = std::move(inside.body);
    call.secure_transport = true;
    for (const Handler& handler : s3->handlers()) {
      if (handler.operation != inside.operation) continue;
      if (auto needed = handler.authorize(*s3, call, transaction.connection()); !needed) {
        return std::unexpected(needed.error());
      }
      return handler.handle(*s3, call, transaction);
    }
    return AwsFailure("InternalFailure", "{}", inside.operation);
  }

  AwsResult<Reply> AnswerKms(const InsideCall& inside) const {
    if (inside.operation == "Decrypt") {
      return Reply{.output = Value::Object({{"Plaintext", Value::Blob(std::string(32, 'p'))}})};
    }
    const std::string_view id = inside.input["KeyId"].Text();
    if (id != kTestKey && id != "alias/trail") return AwsFailure("NotFoundException", "Key {} does not exist", id);
    if (inside.operation == "DescribeKey") {
      Value metadata = Value::Object({{"Arn", kTestKey}, {"KeySpec", "SYMMETRIC_DEFAULT"}, {"KeyState", key_state}});
      return Reply{.output = Value::Object({{"KeyMetadata", std::move(metadata)}})};
    }
    if (key_state != "Enabled") return AwsFailure("DisabledException", "{} is disabled.", kTestKey);
    return Reply{.output = Value::Object({{"Plaintext", Value::Blob(std::string(32, 'p'))},
                                          {"CiphertextBlob", Value::Blob("cipher")},
                                          {"KeyId", kTestKey}})};
  }

  Clock& clock_;
  RandomSource& random_;
};

// Holds what a test puts in, newest first, and notes what it was asked.
class FakeEventIndex final : public trail::EventIndex {
 public:
  void Wake() override {}
  bool WaitUntilCurrent(std::chrono::milliseconds /*timeout*/) override { return true; }
  Result<trail::LookupPage> Lookup(const trail::LookupQuery& query) override {
    asked.push_back(query);
    trail::LookupPage page;
    size_t at = query.after ? static_cast<size_t>(query.after->second) : 0;
    while (at < records.size() && page.records.size() < query.max_results) page.records.push_back(records[at++]);
    if (at < records.size()) page.next = {int64_t{0}, static_cast<int64_t>(at)};
    return page;
  }
  std::vector<std::string> records;
  std::vector<trail::LookupQuery> asked;
};

// The account's parts on a directory; made again on the same directory, it is the account after a restart.
class TestAccount {
 public:
  TestAccount(const store::TestDirectory& directory, Clock& clock, RandomSource& random)
      : path_(directory.Path("account.db")), clock_(clock), random_(random), inside_(clock, random) {
    store::Connection connection = store::OpenState(path_);
    objects_ = std::move(*store::ObjectStore::Open(directory.Path("objects"), connection, random));
    const Environment environment{std::string(kTestAccount), clock, random, inside_};
    s3_ = std::make_unique<s3::S3Service>(environment, *objects_, *secrets_);
    cloudtrail_ = std::make_unique<CloudTrailService>(environment, *secrets_, *objects_, events_);
    inside_.s3 = s3_.get();
    EXPECT_TRUE(store::Migrate(connection, s3_->migrations()));
    EXPECT_TRUE(store::Migrate(connection, cloudtrail_->migrations()));
    committer_ = std::move(*store::Committer::Start(std::move(connection)));
    reader_ =
        std::make_unique<store::Connection>(std::move(*store::Connection::Open(path_, store::OpenMode::kReadOnly)));
  }

  // As the gateway does: prepare, authorise, handle, record.
  AwsResult<Reply> Invoke(Service& service, std::string_view operation, Value input, std::string region = "us-east-1") {
    const auto handlers = service.handlers();
    const auto handler = std::ranges::find(handlers, operation, &Handler::operation);
    if (handler == handlers.end()) return AwsFailure("UnknownOperationException", "{}", operation);
    protocol::Operation model{};
    model.name = operation;
    Call call;
    call.operation = &model;
    call.account_id = kTestAccount;
    call.region = std::move(region);
    call.principal.type = opentrail::iam::PrincipalType::kIamUser;
    call.now = clock_.Now();
    call.input = std::move(input);
    AwsResult<Reply> reply;
    EXPECT_TRUE(handler->prepare == nullptr || handler->prepare(service, call));
    const TestRecord record{.source = std::string(service.id()) + ".amazonaws.com",
                            .name = std::string(operation),
                            .region = call.region,
                            .read_only = operation.starts_with("Get")};
    EXPECT_TRUE(committer_->Run([&](store::Transaction& transaction) {
      reply = transaction.Try([&]() -> AwsResult<Reply> {
        if (auto needed = handler->authorize(service, call, transaction.connection()); !needed) {
          return std::unexpected(needed.error());
        }
        return handler->handle(service, call, transaction);
      });
      transaction.Append(EntryOf(record, clock_.Now(), RandomUuid(random_)));
    }));
    return reply;
  }

  // An event of somebody else; its id.
  std::string Log(const TestRecord& record = {}) {
    std::string id = RandomUuid(random_);
    store::JournalEntry entry = EntryOf(record, clock_.Now(), id);
    EXPECT_TRUE(committer_->Run([&](store::Transaction& transaction) { transaction.Append(std::move(entry)); }));
    return id;
  }

  DeliveryParts Parts() {
    return {.account_id = std::string(kTestAccount),
            .clock = clock_,
            .random = random_,
            .committer = *committer_,
            .inside = inside_,
            .secrets = *secrets_,
            .s3 = *s3_,
            .state_path = path_,
            .committed = {}};
  }
  std::unique_ptr<DeliveryWorker> StartWorker(DeliverySettings settings = {.interval = std::chrono::hours(1)}) {
    return std::move(*DeliveryWorker::Start(Parts(), settings));
  }

  // Keys in a bucket that hold `part`, in order.
  std::vector<std::string> Keys(std::string_view bucket, std::string_view part) {
    std::vector<std::string> keys;
    std::string last;
    for (bool more = true; more;) {
      const auto reply = Invoke(*s3_, "ListObjects", Value::Object({{"Bucket", bucket}, {"Marker", last}}));
      EXPECT_TRUE(reply);
      if (!reply) break;
      for (const Value& object : reply->output["Contents"].elements()) {
        last = object["Key"].Text();
        if (last.find(part) != std::string::npos) keys.push_back(last);
      }
      more = reply->output["IsTruncated"].Boolean();
    }
    return keys;
  }
  Reply Get(std::string_view bucket, std::string_view key) {
    auto reply = Invoke(*s3_, "GetObject", Value::Object({{"Bucket", bucket}, {"Key", key}}));
    EXPECT_TRUE(reply) << key;
    return reply ? std::move(*reply) : Reply{};
  }
  // The text of a gzipped object.
  std::string Text(std::string_view bucket, std::string_view key) {
    const Reply reply = Get(bucket, key);
    const std::string bytes = reply.body ? store::ReadAll(*reply.body) : "";
    const auto stream = codec::NewGzipStream({});
    std::string out(4 << 20, '\0');
    const auto piece = stream->Inflate({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, true,
                                       {reinterpret_cast<uint8_t*>(out.data()), out.size()});
    EXPECT_FALSE(piece.fault);
    out.resize(piece.written);
    return out;
  }
  // The events of all log files under `part`, in the order of the files: "source:name" or ids.
  std::vector<std::string> Delivered(std::string_view bucket, std::string_view part, std::string_view member) {
    std::vector<std::string> events;
    for (const std::string& key : Keys(bucket, part)) {
      const auto file = codec::ParseJsonValue(Text(bucket, key));
      EXPECT_TRUE(file) << key;
      if (!file) continue;
      for (const Value& record : (*file)["Records"].elements()) events.emplace_back(record[member].Text());
    }
    return events;
  }

  const std::string path_;
  Clock& clock_;
  RandomSource& random_;
  FakeInsideCalls inside_;
  FakeEventIndex events_;
  std::unique_ptr<store::Secrets> secrets_ = store::Secrets::WithKey(std::string(32, 'k'), random_);
  std::unique_ptr<store::ObjectStore> objects_;
  std::unique_ptr<s3::S3Service> s3_;
  std::unique_ptr<CloudTrailService> cloudtrail_;
  std::unique_ptr<store::Committer> committer_;
  std::unique_ptr<store::Connection> reader_;
};

class CloudTrailTest : public ::testing::Test {
 protected:
  CloudTrailTest() {
    EXPECT_TRUE(account_.Invoke(*account_.s3_, "CreateBucket", Value::Object({{"Bucket", kBucket}})));
  }

  AwsResult<Reply> Invoke(std::string_view operation, Value input, std::string region = "us-east-1") {
    return account_.Invoke(*account_.cloudtrail_, operation, std::move(input), std::move(region));
  }
  // It must go well.
  Value Do(std::string_view operation, Value input, std::string region = "us-east-1") {
    auto reply = Invoke(operation, std::move(input), std::move(region));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().code + ": " + reply.error().message);
    return reply ? std::move(reply->output) : Value();
  }
  // "Code: message"; "" where it went well.
  std::string Fault(std::string_view operation, Value input, std::string region = "us-east-1") {
    const auto reply = Invoke(operation, std::move(input), std::move(region));
    return reply ? "" : reply.error().code + ": " + reply.error().message;
  }
  std::string FaultCode(std::string_view operation, Value input, std::string region = "us-east-1") {
    const std::string fault = Fault(operation, std::move(input), std::move(region));
    return fault.substr(0, fault.find(':'));
  }

  static Value Settings(std::string_view name, Value more = Value::Object()) {
    Value input = Value::Object({{"Name", name}, {"S3BucketName", kBucket}});
    for (const auto& [member, value] : more.members()) input.Set(member, value);
    return input;
  }
  static Value Named(std::string_view name) { return Value::Object({{"Name", name}}); }
  static Value Parse(std::string_view json) { return codec::ParseJsonValue(json).value_or(Value()); }
  static std::string Arn(std::string_view name, std::string_view region = "us-east-1") {
    return fmt::format("arn:aws:cloudtrail:{}:{}:trail/{}", region, kTestAccount, name);
  }

  static constexpr std::string_view kBucket = "monitoring1234";
  store::TestDirectory directory_;
  ManualClock clock_{Time(std::chrono::seconds(1'795'424'015))};  // 2026-11-23T08:53:35Z
  SeededRandom random_{7};
  TestAccount account_{directory_, clock_, random_};
};

}  // namespace opentrail::services::cloudtrail
