#include "services/cloudtrail/span_delivery.h"

#include <algorithm>

#include "services/cloudtrail/destination.h"
#include "services/cloudtrail/digest_keys.h"
#include "services/cloudtrail/digest_schedule.h"
#include "trail/digest.h"

namespace opentrail::services::cloudtrail {
namespace {

// What was read without finding anything to deliver is skipped for good once it is so many entries.
constexpr size_t kSkippedEntries = 1000;
// CloudTrail's own events wait no longer than for so many entries of any kind.
constexpr size_t kHeldEntries = 10'000;

}  // namespace

Result<DeliveryOutcome> SpanDelivery::Run() {
  auto outcome = DeliverLogs();
  if (outcome == DeliveryOutcome::kDone) outcome = DeliverDigests();
  if (outcome == DeliveryOutcome::kDone && IsDrained()) outcome = Finish();
  return outcome;
}

Result<DeliveryOutcome> SpanDelivery::DeliverLogs() {
  while (!IsDrained()) {
    const bool resumed = span_.batch_end.has_value();
    auto batch = ReadBatch(reader_, trail_, span_);
    if (!batch) return std::unexpected(batch.error());
    if (!IsWorthDelivering(*batch)) return DeliveryOutcome::kDone;
    const bool more = resumed || batch->is_full;
    const int64_t end = EndOf(*batch);
    if (auto outcome = DeliverBatch(std::move(*batch), end); outcome != DeliveryOutcome::kDone) return outcome;
    span_.position = end;
    span_.batch_end.reset();
    if (!more) break;
  }
  return DeliveryOutcome::kDone;
}

bool SpanDelivery::IsWorthDelivering(const Batch& batch) const {
  if (span_.batch_end || span_.until || batch.is_full || batch.has_foreign) return true;
  return batch.entries >= (batch.files.empty() ? kSkippedEntries : kHeldEntries);
}

int64_t SpanDelivery::EndOf(const Batch& batch) const {
  if (span_.batch_end) return *span_.batch_end;
  return span_.until && !batch.is_full ? *span_.until : batch.end;
}

Result<DeliveryOutcome> SpanDelivery::DeliverBatch(Batch batch, int64_t end) {
  if (batch.files.empty()) return Commit([&](store::Connection& state) { MovePosition(state, span_.id, end); });
  for (size_t left = batch.files.size(); auto& [region, builder] : batch.files) {
    if (auto outcome = DeliverFile(region, builder, end, --left == 0); outcome != DeliveryOutcome::kDone) {
      return outcome;
    }
  }
  return DeliveryOutcome::kDone;
}

Result<DeliveryOutcome> SpanDelivery::DeliverFile(std::string_view region, trail::LogFileBuilder& builder, int64_t end,
                                                  bool is_last) {
  trail::LogFile file = builder.Finish();
  const Time now = parts_.clock.Now();
  const std::string key = trail::LogFileKey({trail_.prefix, parts_.account_id, region}, now, parts_.random);
  const trail::DigestedFile digested{.bucket = trail_.bucket,
                                     .object = key,
                                     .sha256 = std::move(file.sha256),
                                     .newest_event_time = std::move(file.newest_event_time),
                                     .oldest_event_time = std::move(file.oldest_event_time)};
  return Put(
      Stage(key, file.bytes),
      [&](store::Connection& state) {
        NoteDelivered(state, span_, end, region);
        if (is_last) MovePosition(state, span_.id, end);
        NoteDelivery(state, trail_.id, now, "");
        if (!trail_.validation) return;
        const Time second = std::chrono::floor<std::chrono::seconds>(now);
        BeginChain(state, span_.id, region, std::max(second, trail_.last_digest_end));
        AddFile(state, span_.id, region, now, digested);
      },
      [&](store::Connection& state, std::string_view error) { NoteDelivery(state, trail_.id, now, error); });
}

Result<DeliveryOutcome> SpanDelivery::DeliverDigests() {
  const Time now = parts_.clock.Now();
  for (const Chain& chain : ChainsOf(reader_, span_.id)) {
    const auto end =
        IsDrained() ? FinalDigestEnd(chain, now) : DueDigestEnd(trail_, chain, settings_.digest_interval, now);
    if (!end) continue;
    if (auto outcome = DeliverDigest(chain, *end); outcome != DeliveryOutcome::kDone) return outcome;
  }
  return DeliveryOutcome::kDone;
}

Result<DeliveryOutcome> SpanDelivery::DeliverDigest(const Chain& chain, Time end) {
  const Time now = parts_.clock.Now();
  const auto key = DigestKey(chain.region, std::min(now, end));
  if (!key) return std::unexpected(key.error());
  const trail::Digest digest{.account_id = parts_.account_id,
                             .start = chain.start,
                             .end = end,
                             .bucket = trail_.bucket,
                             .object = trail::DigestFileKey({trail_.prefix, parts_.account_id, chain.region},
                                                            trail_.name, trail_.home_region, end),
                             .previous = chain.previous,
                             .files = FilesBefore(reader_, span_.id, chain.region, end)};
  const trail::SignedDigest result = trail::SignDigest(digest, *key);
  auto object = Stage(digest.object, result.bytes);
  if (object) {
    object->input.Set("Metadata", Value::Object({{"signature", result.signature},
                                                 {"signature-algorithm", trail::kDigestSignatureAlgorithm}}));
  }
  return Put(
      std::move(object),
      [&](store::Connection& state) {
        RemoveFilesBefore(state, span_.id, chain.region, end);
        NoteDigest(state, trail_.id, now, end);
        MoveChain(state, span_.id, chain.region, end, {digest.bucket, digest.object, result.sha256, result.signature});
        if (IsDrained()) RemoveChain(state, span_.id, chain.region);
      },
      [&](store::Connection& state, std::string_view error) { NoteDigestFault(state, trail_.id, error); });
}

Result<DeliveryOutcome> SpanDelivery::Finish() {
  return Commit([&](store::Connection& state) {
    RemoveSpan(state, span_.id);
    RemoveIfDone(state, trail_.id);
  });
}

Result<codec::RsaKey> SpanDelivery::DigestKey(std::string_view region, Time when) {
  auto found = FindDigestKey(reader_, parts_.secrets, region, when);
  if (found || found.error().code != ErrorCode::kNotFound) return found;
  auto key = codec::RsaKey::Generate(trail::kDigestKeyBits);
  if (!key) return key;
  const Status kept = parts_.committer.Run([&](store::Transaction& transaction) {
    AddDigestKey(transaction.connection(), parts_.secrets, region, when, *key);
  });
  if (!kept) return std::unexpected(kept.error());
  return key;
}

AwsResult<SpanDelivery::Object> SpanDelivery::Stage(std::string_view key, std::string_view bytes) const {
  const Handler* put = FindHandler(parts_.s3, "PutObject");
  Object object{.input = FileInput(parts_.account_id, trail_, key), .body = nullptr};
  Call call;
  call.account_id = parts_.account_id;
  call.input = object.input;
  auto body = put->begin_body(parts_.s3, call);
  if (!body) return std::unexpected(std::move(body.error()));
  if (AwsStatus status = (*body)->Write(bytes); !status) return std::unexpected(std::move(status.error()));
  if (AwsStatus status = (*body)->Finish({}); !status) return std::unexpected(std::move(status.error()));
  object.body = std::move(*body);
  return object;
}

Result<DeliveryOutcome> SpanDelivery::Put(AwsResult<Object> object, const Note& delivered,
                                          const std::function<void(store::Connection&, std::string_view)>& failed) {
  DeliveryOutcome outcome = DeliveryOutcome::kStale;
  const Status committed = parts_.committer.Run([&](store::Transaction& transaction) {
    store::Connection& state = transaction.connection();
    if (!IsCurrent(state)) return;
    const AwsStatus written = object ? Write(transaction, *object) : std::unexpected(object.error());
    outcome = written ? DeliveryOutcome::kDone : DeliveryOutcome::kFailed;
    written ? delivered(state) : failed(state, written.error().code);
  });
  if (!committed) return std::unexpected(committed.error());
  if (parts_.committed) parts_.committed();
  return outcome;
}

AwsStatus SpanDelivery::Write(store::Transaction& transaction, Object& object) {
  const std::string region = BucketRegion(transaction.connection(), trail_);
  if (!acl_was_read_) {
    auto acl = CallForTrail(parts_.account_id, trail_, "s3", "GetBucketAcl", region,
                            Value::Object({{"Bucket", trail_.bucket}}));
    const auto reply = parts_.inside.Invoke(transaction, std::move(acl));
    if (!reply) return std::unexpected(reply.error());
  }
  auto put = CallForTrail(parts_.account_id, trail_, "s3", "PutObject", region, std::move(object.input));
  put.body = std::move(object.body);
  const auto reply = parts_.inside.Invoke(transaction, std::move(put));
  if (!reply) return std::unexpected(reply.error());
  acl_was_read_ = true;
  return {};
}

Result<DeliveryOutcome> SpanDelivery::Commit(const Note& work) {
  DeliveryOutcome outcome = DeliveryOutcome::kStale;
  const Status committed = parts_.committer.Run([&](store::Transaction& transaction) {
    if (!IsCurrent(transaction.connection())) return;
    work(transaction.connection());
    outcome = DeliveryOutcome::kDone;
  });
  if (!committed) return std::unexpected(committed.error());
  return outcome;
}

bool SpanDelivery::IsCurrent(store::Connection& state) const {
  const auto trail = LoadTrail(state, trail_.id);
  return trail && trail->generation == trail_.generation && LoadSpan(state, span_.id);
}

}  // namespace opentrail::services::cloudtrail
