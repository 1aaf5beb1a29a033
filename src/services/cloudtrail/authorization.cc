#include "services/cloudtrail/authorization.h"

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

}  // namespace opentrail::services::cloudtrail
