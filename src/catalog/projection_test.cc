#include "catalog/projection.h"

#include <gtest/gtest.h>

namespace opentrail::catalog {
namespace {

using std::chrono::sys_days;
using namespace std::chrono_literals;

constexpr auto kNow = sys_days{2026y / 3 / 2} + 10h + 30min;
constexpr const char* kLocation = "s3://logs/AWSLogs/";

std::vector<std::string> Locations(const std::vector<std::string>& keys, const TableProperties& properties,
                                   const std::vector<KeyFilter>& filters = {}) {
  const auto projection = Projection::Parse(keys, properties, kLocation);
  if (!projection) return {projection.error().message};
  const auto partitions = projection->Partitions(filters, kNow);
  if (!partitions) return {partitions.error().message};
  std::vector<std::string> locations;
  for (const Partition& partition : *partitions) locations.push_back(partition.location);
  return locations;
}

using Texts = std::vector<std::string>;

TEST(ProjectionTest, IsEnabledByItsProperty) {
  EXPECT_FALSE(Projection::IsEnabled({}));
  EXPECT_FALSE(Projection::IsEnabled({{"projection.enabled", "false"}}));
  EXPECT_TRUE(Projection::IsEnabled({{"projection.enabled", "TRUE"}}));
}

TEST(ProjectionTest, WithoutATemplateValuesLieInFoldersNamedAfterTheirKeys) {
  EXPECT_EQ(Locations({"region", "n"}, {{"projection.region.type", "enum"},
                                        {"projection.region.values", "us-east-1, eu-west-1"},
                                        {"projection.n.type", "integer"},
                                        {"projection.n.range", "9,10"},
                                        {"projection.n.digits", "3"}}),
            (Texts{"s3://logs/AWSLogs/region=us-east-1/n=009", "s3://logs/AWSLogs/region=us-east-1/n=010",
                   "s3://logs/AWSLogs/region=eu-west-1/n=009", "s3://logs/AWSLogs/region=eu-west-1/n=010"}));
}

TEST(ProjectionTest, DatesRunFromTheFirstToNow) {
  const TableProperties days = {{"projection.day.type", "date"},
                                {"projection.day.format", "yyyy/MM/dd"},
                                {"projection.day.range", "2026/02/27,NOW"},
                                {"storage.location.template", "s3://logs/a/${day}/"}};
  EXPECT_EQ(Locations({"day"}, days), (Texts{"s3://logs/a/2026/02/27/", "s3://logs/a/2026/02/28/",
                                             "s3://logs/a/2026/03/01/", "s3://logs/a/2026/03/02/"}));
  EXPECT_EQ(Locations({"day"}, days,
                      {{.key = "day", .at_least = "2026/02/27", .exclusive = true},
                       {.key = "day", .at_most = "2026/03/01", .exclusive = true}}),
            Texts{"s3://logs/a/2026/02/28/"});
  EXPECT_EQ(Locations({"day"}, days, {{.key = "day", .at_least = "2026/02/28", .at_most = "2026/03/01"}}),
            (Texts{"s3://logs/a/2026/02/28/", "s3://logs/a/2026/03/01/"}));
}

TEST(ProjectionTest, RangesMayBeRelativeToNow) {
  const auto with = [](const char* range, const char* format, const char* unit) {
    return TableProperties{{"projection.t.type", "date"},
                           {"projection.t.format", format},
                           {"projection.t.range", range},
                           {"projection.t.interval.unit", unit},
                           {"storage.location.template", "${t}"}};
  };
  EXPECT_EQ(Locations({"t"}, with("NOW-1MONTHS,NOW", "yyyy-MM", "MONTHS")), (Texts{"2026-02", "2026-03"}));
  EXPECT_EQ(Locations({"t"}, with("NOW-2HOURS,NOW", "yyyyMMdd'T'HH", "HOURS")),
            (Texts{"20260302T08", "20260302T09", "20260302T10"}));
  EXPECT_EQ(Locations({"t"}, with("NOW, NOW + 1 DAYS", "yyyy/MM/dd", "DAYS")), (Texts{"2026/03/02", "2026/03/03"}));
}

TEST(ProjectionTest, MonthsKeepTheDayOfTheFirst) {
  EXPECT_EQ(Locations({"t"}, {{"projection.t.type", "date"},
                              {"projection.t.format", "yyyy-MM-dd"},
                              {"projection.t.range", "2025-12-31,2026-03-31"},
                              {"projection.t.interval.unit", "MONTHS"},
                              {"storage.location.template", "${t}"}}),
            (Texts{"2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31"}));
}

TEST(ProjectionTest, AnInjectedKeyNeedsItsValue) {
  const TableProperties injected = {{"projection.account.type", "injected"},
                                    {"storage.location.template", "s3://logs/${account}/x"}};
  EXPECT_EQ(Locations({"account"}, injected, {{.key = "account", .values = Texts{"1", "2"}}}),
            (Texts{"s3://logs/1/x", "s3://logs/2/x"}));
  EXPECT_EQ(Locations({"account"}, injected),
            (Texts{"CONSTRAINT_VIOLATION: For the injected projected partition column account, the WHERE clause must "
                   "contain only static equality conditions, and at least one such condition must be present."}));
}

struct Refused {
  TableProperties properties;
  const char* message;
};

class ProjectionRefusal : public testing::TestWithParam<Refused> {};

TEST_P(ProjectionRefusal, NamesTheProperty) {
  const auto projection = Projection::Parse(std::vector<std::string>{"k"}, GetParam().properties, kLocation);
  ASSERT_FALSE(projection.has_value());
  EXPECT_EQ(projection.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, ProjectionRefusal,
    testing::Values(
        Refused{{}, "Table property 'projection.k.type' is missing"},
        Refused{{{"projection.k.type", "list"}, {"projection.k.range", "1,2"}},
                "Table property 'projection.k.type' is invalid: 'list'"},
        Refused{{{"projection.k.type", "enum"}}, "Table property 'projection.k.values' is missing"},
        Refused{{{"projection.k.type", "integer"}, {"projection.k.range", "1"}},
                "Table property 'projection.k.range' is invalid: '1'"},
        Refused{{{"projection.k.type", "integer"}, {"projection.k.range", "1,2"}, {"projection.k.interval", "0"}},
                "Table property 'projection.k.interval' is invalid: '0'"},
        Refused{{{"projection.k.type", "date"}, {"projection.k.range", "x,NOW"}, {"projection.k.format", "yyyy"}},
                "Table property 'projection.k.range' is invalid: 'x,NOW'"},
        Refused{{{"projection.k.type", "date"}, {"projection.k.range", "NOW,NOW"}, {"projection.k.format", "QQ"}},
                "Table property 'projection.k.format' is invalid: 'QQ'"}));

TEST(ProjectionTest, TooManyPartitionsAreRefused) {
  const auto refused = Locations({"n"}, {{"projection.n.type", "integer"}, {"projection.n.range", "1,9000000000"}});
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_TRUE(refused[0].starts_with("CONSTRAINT_VIOLATION: partition projection of 'n' gives more than 1000000"));
}

}  // namespace
}  // namespace opentrail::catalog
