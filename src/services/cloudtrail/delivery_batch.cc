#include "services/cloudtrail/delivery_batch.h"

#include <algorithm>

#include "codec/json_value.h"
#include "services/cloudtrail/destination.h"
#include "store/journal.h"

namespace opentrail::services::cloudtrail {
namespace {

// A trail's ear: which entries it logs.
struct Listener {
  explicit Listener(const Trail& trail) : scope(trail.Scope()), selectors(trail.Selectors()) {}

  // nullopt: not logged.
  [[nodiscard]] std::optional<trail::SelectableEvent> Hear(std::string_view region, std::string_view record) const {
    if (!scope.multi_region && region != scope.home_region) return std::nullopt;
    auto event = trail::ReadSelectableEvent(record);
    if (!event || !trail::IsInScope(scope, *event) || !selectors.Select(*event)) return std::nullopt;
    return std::move(*event);
  }

  trail::TrailScope scope;
  trail::EventSelectors selectors;
};

int64_t LastOf(const Span& span) {
  if (span.batch_end) return *span.batch_end;
  return span.until.value_or(store::JournalRows::kToTheEnd);
}

}  // namespace

Result<Batch> ReadBatch(store::Connection& reader, const Trail& trail, const Span& span) {
  const Listener listener(trail);
  const std::vector<std::string> done = DeliveredRegions(reader, span.id);
  Batch batch{.end = span.position, .files = {}};
  size_t bytes = 0;
  store::JournalRows rows(reader, span.position, LastOf(span));
  while (!batch.is_full && rows.Next()) {
    const std::string region(rows.entry().region);
    const std::string_view record = rows.entry().record;
    batch.end = rows.entry().seq;
    batch.entries += 1;
    bytes += record.size();
    batch.is_full = batch.entries >= kMaxBatchEntries || bytes >= kMaxBatchBytes;
    if (std::ranges::find(done, region) != done.end()) continue;
    const auto event = listener.Hear(region, record);
    if (!event) continue;
    batch.has_foreign |= event->service != kServicePrincipal;
    batch.files[region].Add(record, event->time);
  }
  if (!reader.status()) return std::unexpected(reader.status().error());
  return batch;
}

}  // namespace opentrail::services::cloudtrail
