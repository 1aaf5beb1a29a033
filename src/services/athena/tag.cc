#include "services/athena/errors.h"
#include "services/athena/handlers.h"
#include "services/athena/list_page.h"
#include "services/athena/workgroup.h"

// Tags of workgroups. https://docs.aws.amazon.com/athena/latest/ug/tags.html
namespace opentrail::services::athena {
namespace {

// The workgroup that input.ResourceARN names.
AwsResult<std::string> Tagged(const Call& call, store::Connection& state) {
  const std::string_view arn = call.input["ResourceARN"].Text();
  const std::string prefix = WorkgroupArn(call, "");
  if (arn.starts_with(prefix) && FindWorkgroup(state, call.region, arn.substr(prefix.size()))) {
    return std::string(arn.substr(prefix.size()));
  }
  return AwsFailure("ResourceNotFoundException", "Resource {} was not found", arn);
}

}  // namespace

AwsResult<Reply> ListTagsForResource(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto workgroup = Tagged(call, state);
  if (!workgroup) return std::unexpected(workgroup.error());
  auto page = ListPage(call, 75);
  if (!page) return std::unexpected(std::move(page.error()));
  store::Rows rows = state.Query(
      "SELECT name, value FROM athena_tag WHERE region = ? AND workgroup = ? AND name > ? ORDER BY name LIMIT ?",
      call.region, *workgroup, page->after(), page->rows());
  while (rows.Next()) {
    if (!page->Add(Value::Object({{"Key", rows.Text(0)}, {"Value", rows.Text(1)}}), rows.Text(0))) break;
  }
  return Reply{.output = page->Finish("Tags")};
}

AwsResult<Reply> TagResource(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto workgroup = Tagged(call, state);
  if (!workgroup) return std::unexpected(workgroup.error());
  for (const Value& tag : call.input["Tags"].elements()) {
    state.Execute("INSERT OR REPLACE INTO athena_tag(region, workgroup, name, value) VALUES(?, ?, ?, ?)", call.region,
                  *workgroup, tag["Key"].Text(), tag["Value"].Text());
  }
  return Reply{};
}

AwsResult<Reply> UntagResource(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto workgroup = Tagged(call, state);
  if (!workgroup) return std::unexpected(workgroup.error());
  for (const Value& key : call.input["TagKeys"].elements()) {
    state.Execute("DELETE FROM athena_tag WHERE region = ? AND workgroup = ? AND name = ?", call.region, *workgroup,
                  key.Text());
  }
  return Reply{};
}

}  // namespace opentrail::services::athena
