// bench_lookup [events=5000000] [folder]: fills a journal with synthetic management events, builds the event history
// from it, and measures pages of LookupEvents for each attribute, for rare and for frequent values, anywhere in the
// time range.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"
#include "store/connection.h"
#include "store/journal.h"
#include "store/migration.h"
#include "trail/event_index.h"

using namespace opentrail;
using Steady = std::chrono::steady_clock;

namespace {

constexpr Time kStart{std::chrono::milliseconds(1'772'625'600'000)};
constexpr std::chrono::hours kSpan{24 * 80};
constexpr int kPages = 400;  // of each question

double SecondsSince(Steady::time_point begin) { return std::chrono::duration<double>(Steady::now() - begin).count(); }

std::string Uuid(uint64_t i) {
  const uint64_t mixed = (i + 1) * 0x9e3779b97f4a7c15ULL;
  return fmt::format("{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", mixed >> 32, (mixed >> 16) & 0xffff, mixed & 0xfff,
                     i & 0xfff, i);
}

// 20 users, 40 names; one security group each 1,000 events; one event in 100,000 is of the user "rare".
std::string Record(uint64_t i) {
  const std::string user = i % 100'000 == 0 ? "rare" : fmt::format("user-{}", i * 7 % 20);
  return fmt::format(
      R"({{"eventVersion":"1.11","userIdentity":{{"type":"IAMUser","principalId":"AIDAEXAMPLEEXAMPLE000","arn":)"
      R"("arn:aws:iam::123456789012:user/{0}","accountId":"123456789012","accessKeyId":"AKIAEXAMPLE{0}","userName":"{0}"}},)"
      R"("eventTime":"2026-03-04T12:06:58Z","eventSource":"ec2.amazonaws.com","eventName":"Operation{1}","awsRegion":)"
      R"("us-east-1","sourceIPAddress":"203.0.113.7","userAgent":"aws-cli/2.9.19 Python/3.11.2 Linux/6.1 source/x86_64",)"
      R"("requestParameters":{{"groupId":"sg-{2:017x}","ipPermissions":{{"items":[{{"ipProtocol":"tcp","fromPort":22,)"
      R"("toPort":22,"groups":{{}},"ipRanges":{{"items":[{{"cidrIp":"0.0.0.0/0"}}]}},"ipv6Ranges":{{}},"prefixListIds":{{}}}}]}}}},)"
      R"("responseElements":{{"requestId":"{3}","_return":true}},"requestID":"{3}","eventID":"{4}","readOnly":{5},)"
      R"("eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"123456789012","eventCategory":"Management",)"
      R"("tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":)"
      R"("ec2.us-east-1.amazonaws.com"}}}})",
      user, i * 13 % 40, i / 1000, Uuid(i ^ 0x5555), Uuid(i), i % 10 != 0);
}

constexpr uint64_t kGroup = 20;  // calls that are committed together, on a busy account

bool FillJournal(const std::string& path, uint64_t events) {
  auto account = store::Connection::Open(path);
  if (!account || !store::Migrate(*account, store::JournalMigrations())) return false;
  account->ExecuteScript("PRAGMA synchronous=OFF");
  store::JournalWriter journal(*account);
  for (uint64_t i = 0; i < events; ++i) {
    if (i % 20'000 == 0) account->Execute("BEGIN");
    const Time time = kStart + std::chrono::milliseconds(std::chrono::milliseconds(kSpan).count() * i / events);
    const std::string record = Record(i);
    journal.Append({.time = time, .region = "us-east-1", .record = record});
    if (i % kGroup == kGroup - 1 || i + 1 == events) journal.Flush();
    if (i % 20'000 == 19'999 || i + 1 == events) account->Execute("COMMIT");
  }
  return account->status().has_value();
}

struct Question {
  const char* name;
  std::optional<trail::LookupAttribute> attribute;
  std::string (*value)(uint64_t event);
};

const Question kQuestions[] = {
    {"(none)", {}, [](uint64_t) { return std::string(); }},
    {"EventId", trail::LookupAttribute::kEventId, [](uint64_t i) { return Uuid(i); }},
    {"EventName", trail::LookupAttribute::kEventName,
     [](uint64_t i) { return fmt::format("Operation{}", i * 13 % 40); }},
    {"ReadOnly true", trail::LookupAttribute::kReadOnly, [](uint64_t) { return std::string("true"); }},
    {"ReadOnly false", trail::LookupAttribute::kReadOnly, [](uint64_t) { return std::string("false"); }},
    {"Username", trail::LookupAttribute::kUsername, [](uint64_t i) { return fmt::format("user-{}", i * 7 % 20); }},
    {"Username rare", trail::LookupAttribute::kUsername, [](uint64_t) { return std::string("rare"); }},
    {"Username unknown", trail::LookupAttribute::kUsername, [](uint64_t i) { return fmt::format("nobody-{}", i); }},
    {"ResourceType", trail::LookupAttribute::kResourceType,
     [](uint64_t) { return std::string("AWS::EC2::SecurityGroup"); }},
    {"ResourceName", trail::LookupAttribute::kResourceName,
     [](uint64_t i) { return fmt::format("sg-{:017x}", i / 1000); }},
    {"EventSource", trail::LookupAttribute::kEventSource, [](uint64_t) { return std::string("ec2.amazonaws.com"); }},
    {"AccessKeyId", trail::LookupAttribute::kAccessKeyId,
     [](uint64_t i) { return fmt::format("AKIAEXAMPLEuser-{}", i * 7 % 20); }},
};

// Half of the questions over all the time, half up to a moment inside; then a next page each.
bool Measure(trail::EventIndex& index, const Question& question, uint64_t events, RandomSource& random) {
  std::vector<double> milliseconds;
  size_t records = 0;
  for (int page = 0; page < kPages; ++page) {
    uint64_t event = 0;
    random.Fill({reinterpret_cast<uint8_t*>(&event), sizeof event});
    event %= events;
    trail::LookupQuery query{.region = "us-east-1",
                             .attribute = question.attribute,
                             .value = question.value(event),
                             .start = kStart,
                             .end = kStart + kSpan,
                             .after = {}};
    if (page % 2 == 1)
      query.end = kStart + std::chrono::milliseconds(std::chrono::milliseconds(kSpan).count() * event / events);
    for (int turn = 0; turn < 2; ++turn) {
      const auto begin = Steady::now();
      const auto found = index.Lookup(query);
      if (!found) return false;
      milliseconds.push_back(SecondsSince(begin) * 1e3);
      records += found->records.size();
      if (!found->next) break;
      query.after = found->next;
    }
  }
  std::sort(milliseconds.begin(), milliseconds.end());
  const auto at = [&](double part) { return milliseconds[static_cast<size_t>(part * (milliseconds.size() - 1))]; };
  fmt::print("{:<18}{:>8}{:>10.1f}{:>10.2f}{:>10.2f}{:>10.2f}\n", question.name, milliseconds.size(),
             static_cast<double>(records) / static_cast<double>(milliseconds.size()), at(0.5), at(0.99), at(1));
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 5'000'000;
  if (events == 0) {
    fmt::print(stderr, "usage: bench_lookup [EVENTS [FOLDER]]   a journal that is in FOLDER already is asked again\n");
    return 2;
  }
  const std::string name = fmt::format("opentrail_lookup-{}", events);
  const std::string folder = argc > 2 ? argv[2] : (std::filesystem::temp_directory_path() / name).string();
  std::filesystem::create_directories(folder);
  const std::string account = folder + "/account.db";
  const std::string history = folder + "/history.db";
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(history + suffix);
  auto begin = Steady::now();
  if (!std::filesystem::exists(account) && !FillJournal(account, events)) return 1;
  fmt::print("journal: {} events, {:.0f} MB, {:.0f} s\n", events,
             static_cast<double>(std::filesystem::file_size(account)) / 1e6, SecondsSince(begin));
  begin = Steady::now();
  const auto index = trail::EventIndex::Start(history, account);
  if (!index || !(*index)->WaitUntilCurrent(std::chrono::hours(1))) return 1;
  const double seconds = SecondsSince(begin);
  fmt::print("index:   {:.0f} s, {:.0f} events/s, {:.0f} MB\n\n", seconds, static_cast<double>(events) / seconds,
             static_cast<double>(std::filesystem::file_size(history)) / 1e6);
  fmt::print("{:<18}{:>8}{:>10}{:>10}{:>10}{:>10}\n", "attribute", "pages", "records", "p50 ms", "p99 ms", "max ms");
  SystemRandom random;
  for (const Question& question : kQuestions) {
    if (!Measure(**index, question, events, random)) return 1;
  }
  return 0;
}
