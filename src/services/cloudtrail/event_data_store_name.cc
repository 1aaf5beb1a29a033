#include "services/cloudtrail/event_data_store_name.h"

#include <algorithm>
#include <array>

#include "catalog/event_data_store.h"
#include "sql/text.h"

namespace opentrail::services::cloudtrail {
namespace {

constexpr size_t kMinName = 3;
constexpr size_t kMaxName = 128;
constexpr size_t kMaxReference = 256;
constexpr std::string_view kResource = "eventdatastore/";

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}

// The first five parts of an ARN, and what stands behind them.
std::array<std::string_view, 6> PartsOf(std::string_view arn) {
  std::array<std::string_view, 6> parts;
  for (size_t i = 0; i < 5; ++i) {
    const size_t colon = arn.find(':');
    parts[i] = arn.substr(0, colon);
    arn = colon == std::string_view::npos ? std::string_view() : arn.substr(colon + 1);
  }
  parts[5] = arn;
  return parts;
}

}  // namespace

AwsStatus CheckEventDataStoreName(std::string_view name) {
  if (name.size() < kMinName || name.size() > kMaxName) {
    return AwsFailure("InvalidParameterException", "An event data store's name has {} to {} characters; this has {}.",
                      kMinName, kMaxName, name.size());
  }
  if (!std::ranges::all_of(name, IsNameCharacter)) {
    return AwsFailure("InvalidParameterException",
                      "An event data store's name has letters, numbers, periods (.), hyphens (-) and underscores (_) "
                      "alone: {}",
                      name);
  }
  return {};
}

AwsResult<EventDataStoreReference> ParseEventDataStoreReference(const Call& call, std::string_view text) {
  const auto fault = [&] {
    return AwsFailure("EventDataStoreARNInvalidException", "{} is not the ARN or the ID of an event data store.",
                      text.substr(0, kMaxReference));
  };
  if (text.size() > kMaxReference) return fault();
  if (!text.starts_with("arn:")) {
    if (!catalog::IsEventDataStoreId(text)) return fault();
    return EventDataStoreReference{call.account_id, call.region, sql::LowerCase(text)};
  }
  const auto [arn, partition, service, region, account, resource] = PartsOf(text);
  const bool is_store = partition == "aws" && service == "cloudtrail" && !region.empty() && !account.empty() &&
                        resource.starts_with(kResource);
  if (!is_store || !catalog::IsEventDataStoreId(resource.substr(kResource.size()))) return fault();
  return EventDataStoreReference{std::string(account), std::string(region),
                                 sql::LowerCase(resource.substr(kResource.size()))};
}

AwsResult<EventDataStore> RequireEventDataStore(const Call& call, store::Connection& state,
                                                const EventDataStoreReference& reference) {
  if (reference.account_id == call.account_id && reference.region == call.region) {
    if (auto store = FindEventDataStore(state, reference.region, reference.id, call.now)) return *std::move(store);
  }
  return AwsFailure("EventDataStoreNotFoundException", "The event data store {} was not found in {}.", reference.Arn(),
                    call.region);
}

AwsResult<EventDataStore> RequireEventDataStore(const Call& call, store::Connection& state, std::string_view text) {
  const auto reference = ParseEventDataStoreReference(call, text);
  if (!reference) return std::unexpected(reference.error());
  return RequireEventDataStore(call, state, *reference);
}

AwsStatus CheckActive(const EventDataStore& store, std::string_view account_id) {
  if (!store.deleted) return {};
  return AwsFailure("InactiveEventDataStoreException", "The event data store {} is inactive: it is pending deletion.",
                    store.Arn(account_id));
}

AwsResult<EventDataStore> ActiveEventDataStore(const Call& call, store::Connection& state, std::string_view text) {
  auto store = RequireEventDataStore(call, state, text);
  if (!store) return store;
  if (AwsStatus active = CheckActive(*store, call.account_id); !active) {
    return std::unexpected(std::move(active.error()));
  }
  return store;
}

}  // namespace opentrail::services::cloudtrail
