#include "trail/selectors.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "codec/json_value.h"

namespace opentrail::trail {
namespace {

Value ReadCases() {
  std::ifstream file(OPENTRAIL_SOURCE_DIR "/src/trail/selectors_cases.json");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  return codec::ParseJsonValue(text).value_or(Value());
}

SelectableEvent EventOf(std::string source, std::string region, std::string host = "") {
  SelectableEvent event;
  event.source = std::move(source);
  event.region = std::move(region);
  event.host = std::move(host);
  return event;
}

// Which of the file's events each case's selectors select.
TEST(EventSelectors, SelectAsTheCasesSay) {
  const Value cases = ReadCases();
  ASSERT_GT(cases["cases"].elements().size(), 30u);
  for (const Value& test : cases["cases"].elements()) {
    const EventSelectors selectors(test["selectors"]);
    Value selected = Value::List();
    for (const auto& [name, event] : cases["events"].members()) {
      const auto readable = ReadSelectableEvent(codec::WriteJson(event));
      ASSERT_TRUE(readable);
      if (selectors.Select(*readable)) selected.Append(name);
    }
    Value wanted = Value::List();
    for (const auto& [name, event] : cases["events"].members()) {
      for (const Value& element : test["selected"].elements()) {
        if (element.Text() == name) wanted.Append(name);
      }
    }
    EXPECT_EQ(codec::WriteJson(selected), codec::WriteJson(wanted)) << test["name"].Text();
  }
}

TEST(ReadSelectableEvent, NamesTheServiceThatActedForItself) {
  const auto own =
      ReadSelectableEvent(R"({"userIdentity":{"type":"AWSService","invokedBy":"cloudtrail.amazonaws.com"}})");
  EXPECT_EQ(own->service, "cloudtrail.amazonaws.com");
  const auto on_behalf = ReadSelectableEvent(R"({"userIdentity":{"type":"IAMUser","invokedBy":"s3.amazonaws.com"}})");
  EXPECT_EQ(on_behalf->service, "");
  EXPECT_FALSE(ReadSelectableEvent("[]"));
  EXPECT_FALSE(ReadSelectableEvent("{"));
}

TEST(IsInScope, KnowsRegionsAndGlobalServices) {
  const SelectableEvent iam = EventOf("iam.amazonaws.com", "us-east-1");
  const SelectableEvent ec2 = EventOf("ec2.amazonaws.com", "us-east-1");
  const SelectableEvent frankfurt = EventOf("ec2.amazonaws.com", "eu-central-1");
  const SelectableEvent global_sts = EventOf("sts.amazonaws.com", "us-east-1", "sts.amazonaws.com");
  const SelectableEvent regional_sts = EventOf("sts.amazonaws.com", "us-east-1", "sts.us-east-1.amazonaws.com");
  const TrailScope everywhere{"eu-central-1", true, true};
  const TrailScope home{"eu-central-1", false, true};
  const TrailScope virginia{"us-east-1", false, true};
  const TrailScope virginia_alone{"us-east-1", false, false};
  struct Case {
    const SelectableEvent& event;
    bool everywhere, home, virginia, virginia_alone;
  };
  for (const Case& test : {Case{iam, true, false, true, false}, Case{ec2, true, false, true, true},
                           Case{frankfurt, true, true, false, false}, Case{global_sts, true, false, true, false},
                           Case{regional_sts, true, false, true, true}}) {
    SCOPED_TRACE(test.event.source + " " + test.event.region + " " + test.event.host);
    EXPECT_EQ(IsInScope(everywhere, test.event), test.everywhere);
    EXPECT_EQ(IsInScope(home, test.event), test.home);
    EXPECT_EQ(IsInScope(virginia, test.event), test.virginia);
    EXPECT_EQ(IsInScope(virginia_alone, test.event), test.virginia_alone);
  }
}

}  // namespace
}  // namespace opentrail::trail
