#include "trail/history_search.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <thread>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace opentrail::trail {
namespace {

using logs::Predicate;
using logs::PredicateKind;

bool IsNewer(const HistoryEvent& a, const HistoryEvent& b) {
  return std::tie(a.event_time, a.event_id) > std::tie(b.event_time, b.event_id);
}

// The matches so far, shared by the workers. With a bound on items it is a heap whose top is the oldest one.
class MatchSet {
 public:
  explicit MatchSet(std::optional<uint64_t> max_items) : max_items_(max_items) {}

  Status Add(HistoryEvent event) {
    const std::lock_guard lock(mutex_);
    if (max_items_ == 0) return {};
    if (!event.event_id.empty() && !ids_.insert(event.event_id).second) return {};
    bytes_ += event.cloudtrail_event.size() + sizeof(HistoryEvent);
    events_.push_back(std::move(event));
    std::push_heap(events_.begin(), events_.end(), IsNewer);
    if (max_items_ && events_.size() > *max_items_) DropOldest();
    if (bytes_ > kMaxHistoryBytes) {
      return MakeError(
          ErrorCode::kLimitExceeded,
          "more than {} MiB of events match; narrow the question by attribute or time, or bound it with --max-items",
          kMaxHistoryBytes >> 20);
    }
    return {};
  }

  std::vector<HistoryEvent> TakeNewestFirst() {
    std::sort(events_.begin(), events_.end(), IsNewer);
    return std::move(events_);
  }

 private:
  // Its id may go too: a second delivery of it is older than all that is kept and drops out again.
  void DropOldest() {
    std::pop_heap(events_.begin(), events_.end(), IsNewer);
    bytes_ -= events_.back().cloudtrail_event.size() + sizeof(HistoryEvent);
    ids_.erase(events_.back().event_id);
    events_.pop_back();
  }

  std::optional<uint64_t> max_items_;
  std::mutex mutex_;
  std::vector<HistoryEvent> events_;
  std::unordered_set<std::string> ids_;
  uint64_t bytes_ = 0;
};

bool IsWanted(const HistoryQuery& query, const HistoryEvent& event) {
  if (query.start_time && event.event_time < *query.start_time) return false;
  if (query.end_time && event.event_time > *query.end_time) return false;
  return std::all_of(query.attributes.begin(), query.attributes.end(),
                     [&](const LookupCondition& attribute) { return Matches(event, attribute); });
}

Status ReadAll(logs::Scan::Reader& reader, const HistoryQuery& query, logs::ScanStatistics& statistics,
               MatchSet& matches) {
  while (true) {
    const auto batch = reader.Next();
    if (!batch) return std::unexpected(batch.error());
    if (batch->rows == 0) return {};
    for (size_t row = 0; row < batch->rows; ++row) {
      auto event = DescribeRecord(batch->columns[0].At(row));
      if (!event) {
        ++statistics.values_skipped;
        continue;
      }
      if (!IsWanted(query, *event)) continue;
      if (auto added = matches.Add(std::move(*event)); !added) return added;
    }
  }
}

}  // namespace

std::vector<Predicate> HintsOf(const HistoryQuery& query) {
  std::vector<Predicate> hints;
  if (query.start_time) hints.push_back({"eventtime", PredicateKind::kAtLeast, {*query.start_time}});
  if (query.end_time) hints.push_back({"eventtime", PredicateKind::kAtMost, {*query.end_time}});
  for (const LookupCondition& attribute : query.attributes) {
    switch (attribute.key) {
      case LookupAttribute::kEventId: hints.push_back({"eventid", PredicateKind::kEquals, {attribute.value}}); break;
      case LookupAttribute::kEventName:
        hints.push_back({"eventname", PredicateKind::kEquals, {attribute.value}});
        break;
      case LookupAttribute::kReadOnly: hints.push_back({"readonly", PredicateKind::kEquals, {attribute.value}}); break;
      case LookupAttribute::kEventSource:
        hints.push_back({"eventsource", PredicateKind::kEquals, {attribute.value}});
        break;
      case LookupAttribute::kAccessKeyId:
        hints.push_back({"useridentity.accesskeyid", PredicateKind::kEquals, {attribute.value}});
        break;
      case LookupAttribute::kResourceName: hints.push_back({"", PredicateKind::kContains, {attribute.value}}); break;
      case LookupAttribute::kUsername:
        // "root" stands for the account itself and is no text of the record.
        if (attribute.value != "root") hints.push_back({"useridentity", PredicateKind::kContains, {attribute.value}});
        break;
      case LookupAttribute::kResourceType: break;  // derived, not in the record
    }
  }
  return hints;
}

Result<std::vector<HistoryEvent>> SearchHistory(const logs::LogSource& source, const HistoryQuery& query,
                                                uint32_t threads, logs::ScanStatistics& statistics,
                                                const CancelToken& cancel) {
  logs::ScanRequest request;
  request.fields = {""};  // the whole record
  request.predicates = HintsOf(query);
  request.threads = threads;
  const auto scan = logs::Scan::Open(source, request, statistics, cancel);
  if (!scan) return std::unexpected(scan.error());

  MatchSet matches(query.max_items);
  std::vector<Status> outcomes((*scan)->MaxThreads());
  std::vector<std::thread> workers;
  for (Status& outcome : outcomes) {
    workers.emplace_back([&] {
      const auto reader = (*scan)->NewReader();
      outcome = ReadAll(*reader, query, statistics, matches);
    });
  }
  for (std::thread& worker : workers) worker.join();
  for (const Status& outcome : outcomes) {
    if (!outcome) return std::unexpected(outcome.error());
  }
  return matches.TakeNewestFirst();
}

}  // namespace opentrail::trail
