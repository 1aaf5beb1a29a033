#include "logs/log_path.h"

#include <gtest/gtest.h>

namespace opentrail::logs {
namespace {

std::string Described(std::string_view path) {
  PathFacts facts = ParsePath(path);
  auto text = [](std::string_view view) { return view.empty() ? std::string("-") : std::string(view); };
  return text(facts.organization) + " " + text(facts.account) + " " + text(facts.region) + " " + text(facts.year) +
         " " + text(facts.month) + " " + text(facts.day);
}

TEST(LogPath, ReadsFoldersAndNames) {
  EXPECT_EQ(Described("/b/AWSLogs/111122223333/CloudTrail/eu-west-1/2024/03/08/x.json.gz"),
            "- 111122223333 eu-west-1 2024 03 08");
  EXPECT_EQ(Described("b/AWSLogs/o-abc/111122223333/CloudTrail/us-gov-west-1/2024/03/08/x.json.gz"),
            "o-abc 111122223333 us-gov-west-1 2024 03 08");
  EXPECT_EQ(Described("CloudTrail-Insight/eu-west-1/2024/03/08/x"), "- - eu-west-1 2024 03 08");
  EXPECT_EQ(Described("d/111122223333_CloudTrail_us-east-1_20240308T0815Z_Abcdefgh12345678.json.gz"),
            "- 111122223333 us-east-1 2024 03 08");
  EXPECT_EQ(Described("111122223333_CloudTrail_us-east-1-20240308T0815Z.json"), "- 111122223333 us-east-1 2024 03 08");
  EXPECT_EQ(Described("my/logs/CloudTrail/notes.json"), "- - - - - -");
  EXPECT_EQ(Described("x/CloudTrail/eu-west-1/latest/08/x.json"), "- - eu-west-1 - - -");
  EXPECT_EQ(Described(""), "- - - - - -");
}

LogFile FileOfDay(std::string_view day) {
  LogFile file;
  file.path = "AWSLogs/111122223333/CloudTrail/eu-west-1/" + std::string(day) + "/x.json.gz";
  file.size = 17;
  file.mtime_ns = 1'709'888'400'123'456'789;
  return file;
}

bool IsPruned(const LogFile& file, Predicate predicate) { return IsPrunedByPath(file, std::span(&predicate, 1)); }

TEST(LogPath, PrunesByDayWithADayToSpare) {
  using enum PredicateKind;
  Predicate from{"eventtime", kAtLeast, {"2024-03-08T12:00:00Z"}};
  EXPECT_TRUE(IsPruned(FileOfDay("2024/03/06"), from));
  EXPECT_FALSE(IsPruned(FileOfDay("2024/03/07"), from));
  Predicate to{"eventtime", kAtMost, {"2024-02-29T00:00:00Z"}};
  EXPECT_FALSE(IsPruned(FileOfDay("2024/03/01"), to));  // it was a leap year
  EXPECT_TRUE(IsPruned(FileOfDay("2024/03/02"), to));
  EXPECT_FALSE(IsPruned(FileOfDay("2024/13/77"), to));  // no day
  EXPECT_FALSE(IsPruned(FileOfDay("2024/03/06"), {"eventtime", kAtLeast, {"2024"}}));
  Predicate days{"eventtime", kEquals, {"2024-03-08T12:00:00Z", "2024-05-01T00:00:00Z"}};
  EXPECT_FALSE(IsPruned(FileOfDay("2024/03/09"), days));
  EXPECT_TRUE(IsPruned(FileOfDay("2024/04/09"), days));
}

TEST(LogPath, PrunesByWhatTheFileItselfAnswers) {
  using enum PredicateKind;
  LogFile file = FileOfDay("2024/03/08");
  EXPECT_FALSE(IsPruned(file, {"$region", kEquals, {"us-east-1", "eu-west-1"}}));
  EXPECT_TRUE(IsPruned(file, {"$region", kEquals, {"us-east-1"}}));
  EXPECT_TRUE(IsPruned(file, {"$year", kAtLeast, {"2025"}}));
  EXPECT_TRUE(IsPruned(file, {"$organization", kIsNotNull, {}}));
  EXPECT_TRUE(IsPruned(file, {"$path", kContains, {"us-east-1"}}));
  // What events say of themselves may differ from the path.
  EXPECT_FALSE(IsPruned(file, {"awsregion", kEquals, {"us-east-1"}}));
  EXPECT_FALSE(IsPruned(file, {"recipientaccountid", kEquals, {"999999999999"}}));
}

TEST(LogPath, AnswersForTheFile) {
  LogFile file = FileOfDay("2024/03/08");
  PathFacts facts = ParsePath(file.path);
  std::string room;
  EXPECT_EQ(FileFieldText(file, facts, "$path", room), file.path);
  EXPECT_EQ(FileFieldText(file, facts, "$file_size", room), "17");
  EXPECT_EQ(FileFieldText(file, facts, "$file_modified_time", room), "2024-03-08T09:00:00.123Z");
  EXPECT_EQ(FileFieldText(file, facts, "$organization", room).data(), nullptr);
}

}  // namespace
}  // namespace opentrail::logs
