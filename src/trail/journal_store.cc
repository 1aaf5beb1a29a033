#include "trail/journal_store.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "store/journal.h"

namespace opentrail::trail {
namespace {

constexpr std::string_view kFolder = "journal/";
constexpr uint64_t kUsualRecordBytes = 1300;
constexpr std::string_view kHead = R"({"Records":[)";
constexpr std::string_view kTail = "]}";

// "journal/4097-5120.json": the entries that a file has.
std::string PathOf(int64_t first, int64_t last) { return fmt::format("{}{}-{}.json", kFolder, first, last); }

struct Entries {
  int64_t first = 0, last = 0;
};
std::optional<Entries> EntriesOf(std::string_view path) {
  if (!path.starts_with(kFolder)) return std::nullopt;
  path.remove_prefix(kFolder.size());
  const char* const end = path.data() + path.size();
  Entries entries;
  const auto first = std::from_chars(path.data(), end, entries.first);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return std::nullopt;
  if (std::from_chars(first.ptr + 1, end, entries.last).ec != std::errc()) return std::nullopt;
  return entries;
}

void Append(std::vector<uint8_t>& content, std::string_view text) {
  content.insert(content.end(), text.begin(), text.end());
}

// Which entries of a span are given. Where the entry's own columns tell, the record is not looked into.
class Choice {
 public:
  explicit Choice(const JournalSpan& span)
      : span_(span), categories_(span.scope.global_service_events ? span.selectors.CategoriesAlone() : std::nullopt) {}

  [[nodiscard]] bool Takes(const store::JournalRecord& entry) const {
    if (!categories_) {
      const auto event = ReadSelectableEvent(entry.record);
      return event && IsInScope(span_.scope, *event) && span_.selectors.Select(*event);
    }
    if (!(entry.management ? categories_->management : categories_->data)) return false;
    return span_.scope.multi_region || entry.region == span_.scope.home_region;
  }

 private:
  const JournalSpan& span_;
  const std::optional<EventSelectors::Categories> categories_;
};

}  // namespace

JournalStore::JournalStore(std::string account_path, std::vector<JournalSpan> spans, Time oldest,
                           JournalCounters& counters)
    : account_path_(std::move(account_path)), spans_(std::move(spans)), oldest_(oldest), counters_(counters) {}

JournalStore::~JournalStore() = default;

Result<logs::Listing> JournalStore::List(std::span<const logs::Predicate> /*predicates*/, const CancelToken& cancel) {
  logs::Listing listing;
  for (const JournalSpan& span : spans_) {
    for (int64_t first = span.after + 1; first <= span.until; first += kEntriesInFile) {
      if (cancel.IsCancelled()) return MakeError(ErrorCode::kCancelled, "cancelled");
      if (listing.files.size() >= logs::kMaxFiles) {
        return MakeError(ErrorCode::kLimitExceeded, "the journal has more than {} entries",
                         logs::kMaxFiles * static_cast<size_t>(kEntriesInFile));
      }
      const int64_t last = std::min(first + kEntriesInFile - 1, span.until);
      listing.files.push_back(
          {.path = PathOf(first, last), .size = static_cast<uint64_t>(last - first + 1) * kUsualRecordBytes});
    }
  }
  return listing;
}

Status JournalStore::Read(const logs::LogFile& file, uint64_t max_bytes, std::vector<uint8_t>& content) {
  const auto entries = EntriesOf(file.path);
  if (!entries) return MakeError(ErrorCode::kNotFound, "{}: is no stretch of the journal", file.path);
  const auto span = std::ranges::find_if(
      spans_, [&](const JournalSpan& each) { return each.after < entries->first && entries->last <= each.until; });
  if (span == spans_.end()) return MakeError(ErrorCode::kNotFound, "{}: is in none of the spans", file.path);
  auto reader = TakeReader();
  if (!reader) return std::unexpected(reader.error());
  content.clear();
  Append(content, kHead);
  uint64_t events = 0;
  {
    const Choice choice(*span);
    for (store::JournalRows rows(**reader, entries->first - 1, entries->last); rows.Next();) {
      if (rows.entry().time < oldest_ || !choice.Takes(rows.entry())) continue;
      const std::string_view record = rows.entry().record;
      if (content.size() + record.size() + 1 + kTail.size() > max_bytes) {
        return MakeError(ErrorCode::kLimitExceeded, "{}: the entries have more than {} bytes", file.path, max_bytes);
      }
      if (events > 0) Append(content, ",");
      Append(content, record);
      counters_.bytes += record.size();
      ++events;
    }
  }
  Append(content, kTail);
  counters_.events += events;
  // A connection that failed is not used again.
  if (const Status& status = (*reader)->status(); !status) return std::unexpected(status.error());
  GiveBack(*std::move(reader));
  return {};
}

Status JournalStore::ReadRange(const logs::LogFile& file, uint64_t /*offset*/, uint64_t /*bytes*/, uint8_t* /*out*/) {
  return MakeError(ErrorCode::kUnsupported, "{}: is read whole", file.path);
}

Result<std::unique_ptr<store::Connection>> JournalStore::TakeReader() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
  }
  auto opened = store::Connection::Open(account_path_, store::OpenMode::kReadOnly);
  if (!opened) return std::unexpected(opened.error());
  return std::make_unique<store::Connection>(*std::move(opened));
}

void JournalStore::GiveBack(std::unique_ptr<store::Connection> reader) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(reader));
}

}  // namespace opentrail::trail
