// readOnly as real events have it, where they are at hand.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "protocol/case_file.h"

namespace opentrail::protocol {
namespace {

namespace fs = std::filesystem;

bool ReadOnly(std::string_view service, std::string_view operation) {
  return IsReadOnly(*FindService(service)->Find(operation));
}

TEST(ReadOnly, FollowsTheVerbAndItsExceptions) {
  EXPECT_TRUE(ReadOnly("ec2", "DescribeInstances"));
  EXPECT_FALSE(ReadOnly("ec2", "AuthorizeSecurityGroupIngress"));
  EXPECT_TRUE(ReadOnly("s3", "HeadObject"));
  EXPECT_TRUE(ReadOnly("s3", "SelectObjectContent"));
  EXPECT_FALSE(ReadOnly("s3", "PutObject"));
  EXPECT_TRUE(ReadOnly("kms", "GenerateDataKeyWithoutPlaintext"));
  EXPECT_FALSE(ReadOnly("kms", "CreateGrant"));
  EXPECT_TRUE(ReadOnly("sts", "AssumeRoleWithSAML"));
  EXPECT_FALSE(ReadOnly("athena", "StartQueryExecution"));
  EXPECT_TRUE(ReadOnly("athena", "BatchGetQueryExecution"));
}

using Seen = std::map<std::string, std::string>;  // "service Operation" -> what is wrong with it

// Compares every event in a tree of JSON, also where an event is text in it; counts them.
size_t Compare(const Value& json, Seen& wrong) {
  size_t events = 0;
  for (const Value& each : json.elements()) events += Compare(each, wrong);
  for (const auto& each : json.members()) events += Compare(each.value, wrong);
  if (json.IsString() && json.Text().starts_with("{\"")) {
    if (const auto inner = codec::ParseJsonValue(json.Text())) events += Compare(*inner, wrong);
  }
  const std::string_view source = json["eventSource"].Text();
  const Service* service = source.empty() ? nullptr : FindService(source.substr(0, source.find('.')));
  const Operation* operation = service != nullptr ? service->Find(json["eventName"].Text()) : nullptr;
  if (operation == nullptr || json["readOnly"].kind() != Value::Kind::kBoolean) return events;
  if (json["readOnly"].Boolean() != IsReadOnly(*operation)) {
    wrong[fmt::format("{} {}", service->id, operation->name)] = json["readOnly"].Boolean() ? "true" : "false";
  }
  return events + 1;
}

size_t CompareFile(const fs::path& path, Seen& wrong) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  if (const auto whole = codec::ParseJsonValue(text.str())) return Compare(*whole, wrong);
  size_t events = 0;
  for (std::string line; std::getline(text, line);) {
    if (const auto json = codec::ParseJsonValue(line)) events += Compare(*json, wrong);
  }
  return events;
}

TEST(ReadOnly, AgreesWithRealEvents) {
  const char* named = std::getenv("OPENTRAIL_SHARED");  // NOLINT(concurrency-mt-unsafe): before any thread
  const fs::path data =
      (named != nullptr ? fs::path(named) : fs::path(OPENTRAIL_SOURCE_DIR).parent_path() / "shared") / "data";
  if (!fs::exists(data)) GTEST_SKIP() << "no real events; set OPENTRAIL_SHARED to the folder above data/";
  Seen wrong;
  size_t events = 0;
  for (const auto& entry : fs::recursive_directory_iterator(data)) {
    if (entry.is_regular_file()) events += CompareFile(entry.path(), wrong);
  }
  EXPECT_GT(events, 300U);
  for (const auto& [operation, is] : wrong) ADD_FAILURE() << operation << " is " << is << " in a real event";
}

}  // namespace
}  // namespace opentrail::protocol
