#include "services/s3/policy_cache.h"

#include "services/s3/public_policy.h"

namespace opentrail::services::s3 {

PolicyCache::Entry PolicyCache::Find(int64_t bucket, const std::string& text) {
  if (text.empty()) return {};
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(bucket);
  if (found != entries_.end() && found->second.text == text) return found->second.entry;
  if (entries_.size() >= kMaxEntries) entries_.clear();
  Entry entry{.policy = nullptr, .is_public = IsPublicPolicy(text)};
  // What was stored has been parsed once: a failure leaves the bucket without a policy, which allows nothing.
  if (auto policy = iam::Policy::Parse(text, iam::PolicyKind::kResource)) entry.policy = std::move(*policy);
  entries_[bucket] = {text, entry};
  return entry;
}

}  // namespace opentrail::services::s3
