#include "services/cloudtrail/delivery_worker.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/thread.h"
#include "services/cloudtrail/span_delivery.h"

namespace opentrail::services::cloudtrail {
namespace {

// How often a trail that changes under delivery's hands is begun anew at once.
constexpr int kMaxRestarts = 5;
// What a trail logged before it was stopped or deleted is given up after so long without success, as AWS does.
constexpr std::chrono::days kMaxRetrying{30};

}  // namespace

struct DeliveryWorker::Impl {
  Impl(DeliveryParts p, DeliverySettings s, store::Connection r)
      : parts(std::move(p)), settings(s), reader(std::move(r)) {}

  // Trails that failed, and when they are tried again.
  struct Backoff {
    std::chrono::milliseconds wait{0};
    Time next;
  };
  enum class Urgency : uint8_t { kUsual, kFlush };

  void Loop();
  Status DeliverAll(Urgency urgency);
  Status DeliverSpan(const Span& span, Urgency urgency);
  void NoteOutcome(const Trail& trail, const Span& span, DeliveryOutcome outcome);
  [[nodiscard]] bool IsStopping();

  DeliveryParts parts;
  const DeliverySettings settings;
  store::Connection reader;            // of the thread
  std::map<int64_t, Backoff> backoff;  // of the thread; by span

  std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable flushed;
  bool stopping = false;
  uint64_t asked = 0;   // flushes
  uint64_t served = 0;  // of them
  Status last;          // what the last round came to
  std::thread thread;
};

void DeliveryWorker::Impl::Loop() {
  std::unique_lock lock(mutex);
  while (!stopping) {
    const uint64_t serving = asked;
    const Urgency urgency = serving > served ? Urgency::kFlush : Urgency::kUsual;
    lock.unlock();
    Status status = DeliverAll(urgency);
    lock.lock();
    last = std::move(status);
    served = serving;
    flushed.notify_all();
    wake.wait_for(lock, settings.interval, [&] { return stopping || asked > served; });
  }
  served = asked;
  flushed.notify_all();
}

bool DeliveryWorker::Impl::IsStopping() {
  const std::lock_guard lock(mutex);
  return stopping;
}

Status DeliveryWorker::Impl::DeliverAll(Urgency urgency) {
  reader.ClearStatus();
  Status first;
  for (const Span& span : AllSpans(reader)) {
    if (IsStopping()) break;
    if (Status status = DeliverSpan(span, urgency); !status && first) first = std::move(status);
  }
  if (!reader.status() && first) first = reader.status();
  return first;
}

Status DeliveryWorker::Impl::DeliverSpan(const Span& span, Urgency urgency) {
  const auto waiting = backoff.find(span.id);
  if (urgency == Urgency::kUsual && waiting != backoff.end() && parts.clock.Now() < waiting->second.next) return {};
  for (int attempt = 0; attempt < kMaxRestarts; ++attempt) {
    const auto current = LoadSpan(reader, span.id);
    auto trail = current ? LoadTrail(reader, current->trail) : std::nullopt;
    if (!trail) return reader.status();
    const auto outcome = SpanDelivery(parts, settings, reader, *trail, *current).Run();
    if (!outcome) return std::unexpected(outcome.error());
    if (*outcome == DeliveryOutcome::kStale) continue;
    NoteOutcome(*trail, *current, *outcome);
    break;
  }
  return {};
}

void DeliveryWorker::Impl::NoteOutcome(const Trail& trail, const Span& span, DeliveryOutcome outcome) {
  if (outcome != DeliveryOutcome::kFailed) {
    backoff.erase(span.id);
    return;
  }
  const Time now = parts.clock.Now();
  if (span.until && trail.stopped && now - *trail.stopped > kMaxRetrying) {
    backoff.erase(span.id);
    // Where this cannot be kept, it is done again in the next round.
    (void)parts.committer.Run([&](store::Transaction& transaction) {
      RemoveSpan(transaction.connection(), span.id);
      RemoveIfDone(transaction.connection(), trail.id);
    });
    return;
  }
  Backoff& state = backoff[span.id];
  state.wait = std::clamp(state.wait * 2, settings.interval, std::max(settings.interval, settings.max_backoff));
  state.next = now + state.wait;
}

Result<std::unique_ptr<DeliveryWorker>> DeliveryWorker::Start(DeliveryParts parts, DeliverySettings settings) {
  auto reader = store::Connection::Open(parts.state_path, store::OpenMode::kReadOnly);
  if (!reader) return std::unexpected(reader.error());
  return std::unique_ptr<DeliveryWorker>(
      new DeliveryWorker(std::make_unique<Impl>(std::move(parts), settings, std::move(*reader))));
}

DeliveryWorker::DeliveryWorker(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  impl_->thread = std::thread([this] {
    DescribeThread("delivery", Urgency::kBackground);
    impl_->Loop();
  });
}

DeliveryWorker::~DeliveryWorker() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  impl_->thread.join();
}

Status DeliveryWorker::Flush() {
  std::unique_lock lock(impl_->mutex);
  const uint64_t ticket = ++impl_->asked;
  impl_->wake.notify_all();
  impl_->flushed.wait(lock, [&] { return impl_->served >= ticket; });
  return impl_->last;
}

}  // namespace opentrail::services::cloudtrail
