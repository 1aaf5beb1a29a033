#include "services/ec2/description.h"

#include <algorithm>

namespace opentrail::services::ec2 {

AwsStatus SelectIds(const Value& ids, std::string_view member, std::string_view code, std::string_view what,
                    Value::Elements& all) {
  if (ids.elements().empty()) return {};
  Value::Elements selected;
  for (const Value& id : ids.elements()) {
    const auto found = std::ranges::find_if(all, [&](const Value& each) { return each[member].Text() == id.Text(); });
    if (found == all.end()) return AwsFailure(std::string(code), "The {} '{}' does not exist", what, id.Text());
    selected.push_back(*found);
  }
  all = std::move(selected);
  return {};
}

AwsResult<Reply> Answer(const Call& call, const Description& description, Value::Elements all) {
  if (auto kept = ApplyFilters(call.input["Filters"], description.filters, all); !kept) {
    return std::unexpected(kept.error());
  }
  Reply reply;
  if (auto paged = Page(call.input, description.list, std::move(all), reply.output); !paged) {
    return std::unexpected(paged.error());
  }
  return reply;
}

}  // namespace opentrail::services::ec2
