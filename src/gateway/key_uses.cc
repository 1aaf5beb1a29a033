#include "gateway/key_uses.h"

#include <fmt/format.h>

#include "services/iam/access_key.h"
#include "services/iam/service_access.h"

namespace opentrail::gateway {
namespace {

constexpr auto kInterval = std::chrono::hours(1);
constexpr auto kAccessInterval = std::chrono::minutes(1);

}  // namespace

void KeyUses::Note(store::Transaction& transaction, const services::Call& call) {
  NoteKey(transaction, call);
  NoteEntity(transaction, call);
}

void KeyUses::NoteEntity(store::Transaction& transaction, const services::Call& call) {
  const std::string_view entity = services::iam::AccessingEntity(call.principal);
  if (entity.empty()) return;
  if (accesses_.size() >= kMaxKeys) accesses_.clear();
  Time& noted = accesses_[fmt::format("{} {} {}", entity, call.operation->service->signing_name, call.operation->name)];
  if (call.now - noted < kAccessInterval) return;
  noted = call.now;
  services::iam::NoteServiceAccess(transaction.connection(), entity, call);
}

void KeyUses::NoteKey(store::Transaction& transaction, const services::Call& call) {
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
