#include "services/athena/authorization.h"

#include <algorithm>

#include "services/athena/execution.h"
#include "services/athena/workgroup.h"

namespace opentrail::services::athena {
namespace {

using opentrail::iam::AccessRequest;
using Requests = AwsResult<std::vector<AccessRequest>>;

AccessRequest On(const Call& call, std::string resource) {
  return {.action = fmt::format("athena:{}", call.operation->name), .resource = std::move(resource)};
}

// What does not exist is asked about as if it were the primary workgroup's: a stranger learns nothing from the answer.
Requests OnWorkgroups(const Call& call, const Value& ids, auto&& workgroup_of) {
  std::vector<std::string> arns;
  for (const Value& id : ids.elements()) {
    const std::string name = workgroup_of(id.Text());
    arns.push_back(WorkgroupArn(call, name));
  }
  std::ranges::sort(arns);
  const auto repeated = std::ranges::unique(arns);
  arns.erase(repeated.begin(), repeated.end());
  std::vector<AccessRequest> requests;
  for (std::string& arn : arns) requests.push_back(On(call, std::move(arn)));
  return requests;
}

std::string WorkgroupOfExecution(store::Connection& state, const Call& call, std::string_view id) {
  store::Rows rows = state.Query("SELECT workgroup FROM athena_execution WHERE region = ? AND id = ?", call.region, id);
  return std::string(rows.Next() ? rows.Text(0) : kPrimary);
}

std::string WorkgroupOfNamedQuery(store::Connection& state, const Call& call, std::string_view id) {
  store::Rows rows =
      state.Query("SELECT workgroup FROM athena_named_query WHERE region = ? AND id = ?", call.region, id);
  return std::string(rows.Next() ? rows.Text(0) : kPrimary);
}

}  // namespace

Requests AuthorizeAccount(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  return std::vector{On(call, "*")};
}

Requests AuthorizeWorkgroup(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  const bool makes_one = call.operation->name == "CreateWorkGroup";
  const std::string_view name = call.input[makes_one ? "Name" : "WorkGroup"].Text(kPrimary);
  return std::vector{On(call, WorkgroupArn(call, name))};
}

Requests AuthorizeExecution(Service& /*service*/, const Call& call, store::Connection& state) {
  const std::string name = WorkgroupOfExecution(state, call, call.input["QueryExecutionId"].Text());
  return std::vector{On(call, WorkgroupArn(call, name))};
}

Requests AuthorizeExecutions(Service& /*service*/, const Call& call, store::Connection& state) {
  return OnWorkgroups(call, call.input["QueryExecutionIds"],
                      [&](std::string_view id) { return WorkgroupOfExecution(state, call, id); });
}

Requests AuthorizeNamedQuery(Service& /*service*/, const Call& call, store::Connection& state) {
  const std::string name = WorkgroupOfNamedQuery(state, call, call.input["NamedQueryId"].Text());
  return std::vector{On(call, WorkgroupArn(call, name))};
}

Requests AuthorizeNamedQueries(Service& /*service*/, const Call& call, store::Connection& state) {
  return OnWorkgroups(call, call.input["NamedQueryIds"],
                      [&](std::string_view id) { return WorkgroupOfNamedQuery(state, call, id); });
}

Requests AuthorizeCatalog(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  const std::string_view name = call.input[call.input.Has("CatalogName") ? "CatalogName" : "Name"].Text();
  return std::vector{On(call, fmt::format("arn:aws:athena:{}:{}:datacatalog/{}", call.region, call.account_id, name))};
}

Requests AuthorizeTagged(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  return std::vector{On(call, std::string(call.input["ResourceARN"].Text()))};
}

}  // namespace opentrail::services::athena
