#include "services/cloudtrail/authorization.h"

#include <any>

#include "codec/json_value.h"
#include "services/cloudtrail/lake_query.h"
#include "services/cloudtrail/trail_rows.h"

namespace opentrail::services::cloudtrail {
namespace {

using opentrail::iam::AccessRequest;

AccessRequest RequestOn(const Call& call, std::string resource) {
  AccessRequest request;
  request.action = fmt::format("cloudtrail:{}", call.operation->name);
  request.resource = std::move(resource);
  return request;
}

std::string ArnOf(const Call& call, std::string_view name_or_arn) {
  if (name_or_arn.starts_with("arn:")) return std::string(name_or_arn);
  return TrailArn(call.account_id, call.region, name_or_arn);
}

void AddTagKeys(AccessRequest& request, const Value& tags) {
  std::vector<std::string> keys;
  for (const Value& tag : tags.elements()) {
    keys.emplace_back(tag["Key"].Text());
    request.context.Add("aws:RequestTag/" + keys.back(), std::string(tag["Value"].Text()));
  }
  if (!keys.empty()) request.context.Add("aws:TagKeys", std::move(keys));
}

// An event data store's tags are its resource's. Asked for while call and state live.
AccessRequest RequestOnStore(const Call& call, store::Connection& state, std::string_view id) {
  AccessRequest request = RequestOn(call, EventDataStoreArn(call.account_id, call.region, id));
  request.find_context = [&call, &state, id = std::string(id)](opentrail::iam::ContextKeys& context) {
    const auto store = FindEventDataStore(state, call.region, id, call.now);
    if (!store) return;
    const Value tags = codec::ParseJsonValue(store->tags).value_or(Value::List());
    for (const Value& tag : tags.elements()) {
      context.Add(fmt::format("aws:ResourceTag/{}", tag["Key"].Text()), std::string(tag["Value"].Text()));
    }
  };
  return request;
}

}  // namespace

AwsResult<AccessRequests> AuthorizeAccount(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  return AccessRequests{RequestOn(call, "*")};
}

AwsResult<AccessRequests> AuthorizeTrail(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  const Value& name = call.input.Has("Name") ? call.input["Name"] : call.input["TrailName"];
  return AccessRequests{RequestOn(call, name.Text().empty() ? "*" : ArnOf(call, name.Text()))};
}

AwsResult<AccessRequests> AuthorizeCreateTrail(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  AccessRequests requests{RequestOn(call, ArnOf(call, call.input["Name"].Text()))};
  AddTagKeys(requests.front(), call.input["TagsList"]);
  return requests;
}

AwsResult<AccessRequests> AuthorizeTags(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  AccessRequests requests;
  if (call.input.Has("ResourceId")) requests.push_back(RequestOn(call, ArnOf(call, call.input["ResourceId"].Text())));
  for (const Value& id : call.input["ResourceIdList"].elements()) {
    requests.push_back(RequestOn(call, ArnOf(call, id.Text())));
  }
  for (AccessRequest& request : requests) AddTagKeys(request, call.input["TagsList"]);
  return requests;
}

AwsResult<AccessRequests> AuthorizeEventDataStore(Service& /*service*/, const Call& call, store::Connection& state) {
  const std::string_view named = call.input["EventDataStore"].Text();
  const auto reference = ParseEventDataStoreReference(call, named);
  if (!reference) return AccessRequests{RequestOn(call, EventDataStoreArn(call.account_id, call.region, "*"))};
  if (reference->account_id != call.account_id || reference->region != call.region) {
    return AccessRequests{RequestOn(call, reference->Arn())};
  }
  return AccessRequests{RequestOnStore(call, state, reference->id)};
}

AwsResult<AccessRequests> AuthorizeCreateEventDataStore(Service& /*service*/, const Call& call,
                                                        store::Connection& /*state*/) {
  AccessRequests requests{RequestOn(call, EventDataStoreArn(call.account_id, call.region, "*"))};
  const Value& tags = call.input["TagsList"];
  if (!tags.elements().empty()) {
    requests.push_back(requests.front());
    requests.back().action = "cloudtrail:AddTags";
  }
  for (AccessRequest& request : requests) AddTagKeys(request, tags);
  return requests;
}

AwsResult<AccessRequests> AuthorizeStartQuery(Service& /*service*/, const Call& call, store::Connection& state) {
  const auto* prepared = std::any_cast<PreparedStatement>(&call.prepared);
  if (prepared == nullptr) return AwsFailure("InternalFailure", "The statement was not prepared");
  if (!*prepared) return std::unexpected(prepared->error());
  AccessRequests requests;
  for (const EventDataStoreReference& reference : **prepared) {
    const bool is_here = reference.account_id == call.account_id && reference.region == call.region;
    requests.push_back(is_here ? RequestOnStore(call, state, reference.id) : RequestOn(call, reference.Arn()));
  }
  return requests;
}

AwsResult<AccessRequests> AuthorizeQuery(Service& /*service*/, const Call& call, store::Connection& state) {
  AccessRequests requests;
  if (const auto query = FindLakeQuery(state, call.region, call.input["QueryId"].Text(), call.now)) {
    for (const std::string& id : query->stores) requests.push_back(RequestOnStore(call, state, id));
  }
  if (requests.empty()) requests.push_back(RequestOn(call, EventDataStoreArn(call.account_id, call.region, "*")));
  return requests;
}

}  // namespace opentrail::services::cloudtrail
