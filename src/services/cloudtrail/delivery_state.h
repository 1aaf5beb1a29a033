#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/cloudtrail/trail_rows.h"
#include "store/transaction.h"
#include "trail/digest.h"

// How far delivery has come, as rows (schema.cc).
namespace opentrail::services::cloudtrail {

// One stretch of logging: journal entries after `position`, up to `until`, are to be delivered.
struct Span {
  int64_t id = 0;
  int64_t trail = 0;
  int64_t position = 0;
  std::optional<int64_t> until;      // nullopt: logging goes on
  std::optional<int64_t> batch_end;  // of the batch under way
};

// In the order in which they began.
[[nodiscard]] std::vector<Span> AllSpans(store::Connection& state);
[[nodiscard]] std::optional<Span> LoadSpan(store::Connection& state, int64_t id);

// Logging begins with the record of the call that this is part of.
void OpenSpan(store::Transaction& transaction, const Trail& trail, Time now);
// Logging ends with the record of the call that this is part of.
void CloseSpan(store::Transaction& transaction, const Trail& trail);
// The span and what is kept with it.
void RemoveSpan(store::Connection& state, int64_t span);
// A trail that was deleted goes when its last span is gone.
void RemoveIfDone(store::Connection& state, int64_t trail);

// Digests of the trail's logging begin now, with its home region, or end without a last one.
void BeginValidation(store::Connection& state, const Trail& trail, Time now);
void EndValidation(store::Connection& state, const Trail& trail);

// Regions that have their file of the batch under way.
[[nodiscard]] std::vector<std::string> DeliveredRegions(store::Connection& state, int64_t span);
void NoteDelivered(store::Connection& state, const Span& span, int64_t batch_end, std::string_view region);
// The batch is delivered, or held nothing.
void MovePosition(store::Connection& state, int64_t span, int64_t position);

// A region's digests, one after another.
struct Chain {
  std::string region;
  Time start;  // where the next digest begins
  std::optional<trail::DigestLink> previous;
};
[[nodiscard]] std::vector<Chain> ChainsOf(store::Connection& state, int64_t span);
// Nothing where the region has one.
void BeginChain(store::Connection& state, int64_t span, std::string_view region, Time start);
void MoveChain(store::Connection& state, int64_t span, std::string_view region, Time start,
               const trail::DigestLink& previous);

void AddFile(store::Connection& state, int64_t span, std::string_view region, Time delivered,
             const trail::DigestedFile& file);
// What the next digest lists: delivered before `end`, in that order.
[[nodiscard]] std::vector<trail::DigestedFile> FilesBefore(store::Connection& state, int64_t span,
                                                           std::string_view region, Time end);
void RemoveChain(store::Connection& state, int64_t span, std::string_view region);
void RemoveFilesBefore(store::Connection& state, int64_t span, std::string_view region, Time end);

// What GetTrailStatus tells. error: S3's code; "" where it went well.
void NoteDelivery(store::Connection& state, int64_t trail, Time now, std::string_view error);
// `end` of the digest that was delivered.
void NoteDigest(store::Connection& state, int64_t trail, Time now, Time end);
void NoteDigestFault(store::Connection& state, int64_t trail, std::string_view error);

}  // namespace opentrail::services::cloudtrail
