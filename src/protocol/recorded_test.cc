// What botocore sends is read as what it was given; what we answer is as recorded, which tests/protocol_answers_test.py
// has botocore read back.
#include <algorithm>

#include <gtest/gtest.h>

#include "protocol/case_file.h"
#include "protocol/codec.h"

namespace opentrail::protocol {
namespace {

// Objects with their members by name: no protocol promises their order.
Value Sorted(const Value& value) {
  if (value.IsList()) {
    Value list = Value::List();
    for (const Value& each : value.elements()) list.Append(Sorted(each));
    return list;
  }
  if (!value.IsObject()) return value;
  Value object = Value::Object();
  for (const Value::Member& each : value.members()) object.Set(each.name, Sorted(each.value));
  std::ranges::sort(object.mutable_members(), {}, &Value::Member::name);
  return object;
}

TEST(Recorded, RequestsOfBotocoreAreReadAsWhatItWasGiven) {
  const Value cases = ReadCases("requests.json");
  ASSERT_GT(cases.elements().size(), 100U);
  for (const Value& each : cases.elements()) {
    const std::string name(each["operation"].Text());
    SCOPED_TRACE(std::string(each["service"].Text()) + " " + name);
    const Service* service = FindService(each["service"].Text());
    ASSERT_NE(service, nullptr);
    http::RequestHead head = Head(std::string(each["method"].Text()), std::string(each["target"].Text()));
    for (const auto& field : each["headers"].members()) head.fields.Add(field.name, std::string(field.value.Text()));
    const std::string body =
        each.Has("body") ? std::string(each["body"].Text()) : codec::Base64Decode(each["body_base64"].Text()).value();
    const auto operation = FindOperation(*service, head, body);
    if (!operation || (*operation)->name != name) {
      ADD_FAILURE() << "taken for " << (operation ? (*operation)->name : operation.error().code);
      continue;
    }
    const auto input = ParseInput(**operation, head, body);
    if (!input) {
      ADD_FAILURE() << input.error().code << ": " << input.error().message;
      continue;
    }
    Value expected = Value::Object();
    if ((*operation)->input != nullptr) expected = Typed(*(*operation)->input, each["params"]);
    EXPECT_TRUE(Sorted(*input) == Sorted(expected)) << codec::WriteJson(Sorted(*input)) << "\ninstead of\n"
                                                    << codec::WriteJson(Sorted(expected));
  }
}

Value Answer(const Value& row) {
  const Operation* operation = FindService(row["service"].Text())->Find(row["operation"].Text());
  const http::Response response =
      SerializeOutput(*operation, Typed(*operation->output, row["output"]), "0a1b2c3d-0000-4000-8000-000000000000");
  Value headers = Value::Object();
  for (const auto& [name, value] : response.fields.entries()) headers.Set(name, value);
  return Value::Object({{"service", row["service"]},
                        {"operation", row["operation"]},
                        {"status", response.status},
                        {"headers", headers},
                        {"body", Value::Blob(response.body)}});
}

// OPENTRAIL_UPDATE_PROTOCOL=1 rewrites tests/protocol/answers.json; read the difference before you commit it.
TEST(Recorded, AnswersAreAsBotocoreWasSeenToReadThem) {
  const Value rows = ReadCases("outputs.json");
  ASSERT_GT(rows.elements().size(), 100U);
  std::string text = "[\n";
  for (const Value& row : rows.elements()) {
    text += (text.size() > 2 ? ",\n" : "") + codec::WriteJson(Answer(row));
  }
  text += "\n]\n";
  const std::string path = CaseFolder() + "/answers.json";
  if (std::getenv("OPENTRAIL_UPDATE_PROTOCOL") != nullptr) {  // NOLINT(concurrency-mt-unsafe): the only thread
    std::ofstream(path) << text;
    GTEST_SKIP() << "rewritten: " << path;
  }
  std::stringstream recorded;
  recorded << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, recorded.str());
}

}  // namespace
}  // namespace opentrail::protocol
