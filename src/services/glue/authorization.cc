#include "services/glue/authorization.h"

#include "services/glue/trino_catalog.h"
#include "sql/text.h"

namespace opentrail::services::glue {
namespace {

using opentrail::iam::AccessRequest;
using Requests = AwsResult<std::vector<AccessRequest>>;

AccessRequest On(const Call& call, std::string_view resource) {
  return {.action = fmt::format("glue:{}", call.operation->name),
          .resource = fmt::format("arn:aws:glue:{}:{}:{}", call.region, call.account_id, resource)};
}

// The first of the members that the input has, in lower case.
std::string NameIn(const Value& input, std::initializer_list<std::string_view> members, std::string_view fallback) {
  for (const std::string_view member : members) {
    if (input.Has(member)) return sql::LowerCase(input[member].Text());
  }
  return std::string(fallback);
}

std::vector<AccessRequest> OnDatabase(const Call& call, std::string_view database) {
  return {On(call, "catalog"), On(call, fmt::format("database/{}", database))};
}

}  // namespace

Requests AuthorizeCatalog(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  return OnDatabase(call, "*");
}

Requests AuthorizeDatabase(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  const Value& input =
      call.input.Has("DatabaseInput") && !call.input.Has("Name") ? call.input["DatabaseInput"] : call.input;
  return OnDatabase(call, NameIn(input, {"Name"}, "*"));
}

Requests AuthorizeTable(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  const std::string database = NameIn(call.input, {"DatabaseName"}, "*");
  const Value& input = call.input.Has("TableInput") ? call.input["TableInput"] : call.input;
  auto requests = OnDatabase(call, database);
  requests.push_back(
      On(call, fmt::format("table/{}/{}", database, StoredName(call, NameIn(input, {"TableName", "Name"}, "*")))));
  return requests;
}

Requests AuthorizeTables(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  const std::string database = NameIn(call.input, {"DatabaseName"}, "*");
  auto requests = OnDatabase(call, database);
  for (const Value& name : call.input["TablesToDelete"].elements()) {
    requests.push_back(On(call, fmt::format("table/{}/{}", database, sql::LowerCase(name.Text()))));
  }
  return requests;
}

}  // namespace opentrail::services::glue
