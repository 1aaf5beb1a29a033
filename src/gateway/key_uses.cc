#include "gateway/key_uses.h"

#include "services/iam/access_key.h"

namespace opentrail::gateway {
namespace {

constexpr auto kInterval = std::chrono::hours(1);

}  // namespace

void KeyUses::Note(store::Transaction& transaction, const services::Call& call) {
  const std::string& key = call.principal.access_key_id;
  if (!key.starts_with("AKIA")) return;  // temporary credentials have no such record
  const std::string_view service = call.operation->service->signing_name;
  if (noted_.size() >= kMaxKeys) noted_.clear();
  Time& noted = noted_[key + " " + std::string(service)];
  if (call.now - noted < kInterval) return;
  noted = call.now;
  services::iam::NoteAccessKeyUse(transaction.connection(), key, service, call.region, call.now);
}

}  // namespace opentrail::gateway
