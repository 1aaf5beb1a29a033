#include "cli/summary_report.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "cli/terminal.h"
#include "codec/json.h"

namespace opentrail::cli {
namespace {

using investigate::Change;
using investigate::Gap;
using investigate::Ranking;
using investigate::SignIn;
using investigate::Summary;

constexpr size_t kGapsShown = 10;

std::string Padded(std::string_view text, size_t width) {
  const size_t own = DisplayWidth(text);
  return std::string(text) + std::string(width > own ? width - own : 0, ' ');
}

// Lines of cells, each column as wide as its widest cell; the first line is the heading's.
std::string Columns(const std::vector<std::vector<std::string>>& lines) {
  std::vector<size_t> widths;
  for (const auto& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(line[i]));
  }
  std::string out;
  for (const auto& line : lines) {
    out += "  ";
    for (size_t i = 0; i < line.size(); ++i) out += i + 1 < line.size() ? Padded(line[i], widths[i] + 2) : line[i];
    out += '\n';
  }
  return out;
}

std::string More(uint64_t distinct, size_t shown) {
  return distinct > shown ? fmt::format("  … and {} more\n", Grouped(distinct - shown)) : "";
}

void AppendRanking(std::string& out, std::string_view title, const Ranking& ranking) {
  if (ranking.top.empty()) return;
  out += fmt::format("\n{} ({})\n", title, Grouped(ranking.distinct));
  std::vector<std::vector<std::string>> lines;
  size_t width = 0;
  for (const auto& count : ranking.top) width = std::max(width, Grouped(count.events).size());
  for (const auto& count : ranking.top) {
    const std::string events = Grouped(count.events);
    lines.push_back({std::string(width - events.size(), ' ') + events, Printable(count.name)});
  }
  out += Columns(lines) + More(ranking.distinct, ranking.top.size());
}

void AppendGaps(std::string& out, const std::vector<Gap>& gaps) {
  if (gaps.empty()) return;
  uint64_t hours = 0;
  for (const Gap& gap : gaps) hours += gap.hours;
  out += fmt::format("\nGaps: {} hours without an event, in {} stretches\n", Grouped(hours), Grouped(gaps.size()));
  std::vector<Gap> longest = gaps;
  std::stable_sort(longest.begin(), longest.end(), [](const Gap& a, const Gap& b) { return a.hours > b.hours; });
  if (longest.size() > kGapsShown) longest.resize(kGapsShown);
  for (const Gap& gap : longest)
    out += fmt::format("  {}:00 to {}:59, {} h\n", gap.from, gap.until, Grouped(gap.hours));
  out += More(gaps.size(), longest.size());
}

void AppendSignIns(std::string& out, const Summary& summary) {
  if (summary.sign_ins.empty()) return;
  out += "\nConsole sign-ins, latest first\n";
  std::vector<std::vector<std::string>> lines = {{"result", "MFA", "user", "address", "times", "first", "last"}};
  for (const SignIn& sign_in : summary.sign_ins) {
    lines.push_back({Printable(sign_in.result), Printable(sign_in.mfa), Printable(sign_in.user),
                     Printable(sign_in.address), Grouped(sign_in.events), Printable(sign_in.first),
                     Printable(sign_in.last)});
  }
  out += Columns(lines) + More(summary.sign_in_kinds, summary.sign_ins.size());
}

void AppendChanges(std::string& out, const Summary& summary) {
  if (summary.changes.empty()) return;
  out += "\nWhat changed, by whom: successful calls that were no reads, the rarest first\n";
  std::vector<std::vector<std::string>> lines = {{"times", "call", "by", "first", "last"}};
  for (const Change& change : summary.changes) {
    lines.push_back({Grouped(change.events), Printable(change.source + ":" + change.name), Printable(change.principal),
                     Printable(change.first), Printable(change.last)});
  }
  out += Columns(lines) + More(summary.change_kinds, summary.changes.size());
}

// Builds one JSON object, members in order.
class JsonObject {
 public:
  JsonObject& Add(std::string_view key, uint64_t number) { return Raw(key, fmt::format("{}", number)); }
  JsonObject& Add(std::string_view key, std::string_view text) {
    std::string quoted;
    codec::AppendJsonString(quoted, text);
    return Raw(key, quoted);
  }
  JsonObject& Raw(std::string_view key, std::string_view json) {
    text_ += text_.empty() ? "" : ",";
    codec::AppendJsonString(text_, key);
    text_ += ':';
    text_ += json;
    return *this;
  }
  [[nodiscard]] std::string Text() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

template <typename T, typename Describe>
std::string JsonArray(const std::vector<T>& items, Describe&& describe) {
  std::string out = "[";
  for (const T& item : items) {
    if (out.size() > 1) out += ',';
    out += describe(item).Text();
  }
  return out + "]";
}

std::string RankingJson(const Ranking& ranking) {
  const std::string top = JsonArray(ranking.top, [](const investigate::Count& count) {
    return JsonObject().Add("name", count.name).Add("events", count.events);
  });
  return JsonObject().Add("distinct", ranking.distinct).Raw("top", top).Text();
}

}  // namespace

std::string SummaryTable(const Summary& summary) {
  std::string out =
      fmt::format("{} events from {} to {}\n", Grouped(summary.events), Printable(summary.first_event.value_or("-")),
                  Printable(summary.last_event.value_or("-")));
  out += fmt::format("{} records, {} of them delivered again; {} events are errors\n", Grouped(summary.records),
                     Grouped(summary.duplicates), Grouped(summary.failed));
  AppendRanking(out, "Accounts", summary.accounts);
  AppendRanking(out, "Regions", summary.regions);
  AppendRanking(out, "Days", summary.days);
  AppendGaps(out, summary.gaps);
  AppendRanking(out, "Services", summary.services);
  AppendRanking(out, "Calls", summary.actions);
  AppendRanking(out, "Users", summary.users);
  AppendRanking(out, "Roles", summary.roles);
  AppendRanking(out, "Addresses", summary.addresses);
  AppendRanking(out, "Errors", summary.errors);
  AppendSignIns(out, summary);
  AppendChanges(out, summary);
  return out;
}

std::string SummaryJson(const Summary& summary) {
  JsonObject object;
  object.Add("events", summary.events)
      .Add("records", summary.records)
      .Add("duplicates", summary.duplicates)
      .Add("failed", summary.failed);
  if (summary.first_event) object.Add("first_event", *summary.first_event);
  if (summary.last_event) object.Add("last_event", *summary.last_event);
  const std::pair<std::string_view, const Ranking*> rankings[] = {
      {"accounts", &summary.accounts}, {"regions", &summary.regions},     {"days", &summary.days},
      {"services", &summary.services}, {"actions", &summary.actions},     {"users", &summary.users},
      {"roles", &summary.roles},       {"addresses", &summary.addresses}, {"errors", &summary.errors}};
  for (const auto& [key, ranking] : rankings) object.Raw(key, RankingJson(*ranking));
  object.Raw("gaps", JsonArray(summary.gaps, [](const Gap& gap) {
               return JsonObject().Add("from", gap.from).Add("until", gap.until).Add("hours", gap.hours);
             }));
  object.Add("sign_in_kinds", summary.sign_in_kinds);
  object.Raw("sign_ins", JsonArray(summary.sign_ins, [](const SignIn& s) {
               return JsonObject()
                   .Add("user", s.user)
                   .Add("address", s.address)
                   .Add("result", s.result)
                   .Add("mfa", s.mfa)
                   .Add("events", s.events)
                   .Add("first", s.first)
                   .Add("last", s.last);
             }));
  object.Add("change_kinds", summary.change_kinds);
  object.Raw("changes", JsonArray(summary.changes, [](const Change& c) {
               return JsonObject()
                   .Add("principal", c.principal)
                   .Add("source", c.source)
                   .Add("name", c.name)
                   .Add("events", c.events)
                   .Add("first", c.first)
                   .Add("last", c.last);
             }));
  return object.Text() + "\n";
}

}  // namespace opentrail::cli
