#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "services/cloudtrail/delivery_batch.h"
#include "services/cloudtrail/delivery_state.h"
#include "services/cloudtrail/delivery_worker.h"

namespace opentrail::services::cloudtrail {

enum class DeliveryOutcome : uint8_t {
  kDone,    // all that there was
  kFailed,  // the bucket or the key refused: told in the trail's status
  kStale,   // the trail was changed meanwhile: to be begun anew
};

// Delivers one span of one trail, as far as it goes now. Used once, on the delivery thread.
class SpanDelivery {
 public:
  SpanDelivery(DeliveryParts& parts, const DeliverySettings& settings, store::Connection& reader, Trail trail,
               Span span)
      : parts_(parts), settings_(settings), reader_(reader), trail_(std::move(trail)), span_(std::move(span)) {}

  // Log files, then the digests that are due; a span that ended goes with its last.
  Result<DeliveryOutcome> Run();

 private:
  // What is to be put into the bucket.
  struct Object {
    Value input;
    std::unique_ptr<BodySink> body;
  };
  // Runs part of the transaction where the object was put: what is kept of it.
  using Note = std::function<void(store::Connection& state)>;

  Result<DeliveryOutcome> DeliverLogs();
  Result<DeliveryOutcome> DeliverBatch(Batch batch, int64_t end);
  Result<DeliveryOutcome> DeliverFile(std::string_view region, trail::LogFileBuilder& builder, int64_t end,
                                      bool is_last);
  Result<DeliveryOutcome> DeliverDigests();
  Result<DeliveryOutcome> DeliverDigest(const Chain& chain, Time end);
  Result<DeliveryOutcome> Finish();

  [[nodiscard]] bool IsDrained() const { return span_.until && span_.position >= *span_.until; }
  [[nodiscard]] bool IsWorthDelivering(const Batch& batch) const;
  [[nodiscard]] int64_t EndOf(const Batch& batch) const;
  Result<codec::RsaKey> DigestKey(std::string_view region, Time when);

  AwsResult<Object> Stage(std::string_view key, std::string_view bytes) const;
  // One transaction: the object, and then `delivered`, or `failed` with the error's code.
  Result<DeliveryOutcome> Put(AwsResult<Object> object, const Note& delivered,
                              const std::function<void(store::Connection&, std::string_view)>& failed);
  AwsStatus Write(store::Transaction& transaction, Object& object);
  Result<DeliveryOutcome> Commit(const Note& work);
  [[nodiscard]] bool IsCurrent(store::Connection& state) const;

  DeliveryParts& parts_;
  const DeliverySettings& settings_;
  store::Connection& reader_;
  Trail trail_;
  Span span_;
  bool acl_was_read_ = false;  // once for what is delivered together
};

}  // namespace opentrail::services::cloudtrail
