#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/iam/context.h"
#include "services/iam/entity.h"

namespace opentrail::services::iam {

using TagList = std::vector<std::pair<std::string, std::string>>;

constexpr int64_t kMaxTags = 50;

[[nodiscard]] TagList ReadTags(store::Connection& state, std::string_view owner);
// [{Key, Value}], or null where there are none.
[[nodiscard]] Value DescribeTags(store::Connection& state, std::string_view owner);
// The input's Tags are added to what `owner` has. InvalidInput for keys given twice, LimitExceeded.
[[nodiscard]] AwsStatus AddTags(const Context& context, std::string_view owner);

// TagUser and its siblings for each kind, MFA devices too.
template <EntityKind kKind>
AwsResult<Reply> TagEntity(Context& context);
template <EntityKind kKind>
AwsResult<Reply> UntagEntity(Context& context);
template <EntityKind kKind>
AwsResult<Reply> ListEntityTags(Context& context);

[[nodiscard]] AwsResult<Reply> TagOwner(Context& context, std::string_view owner);
[[nodiscard]] AwsResult<Reply> UntagOwner(Context& context, std::string_view owner);
[[nodiscard]] AwsResult<Reply> ListOwnerTags(Context& context, std::string_view owner);

}  // namespace opentrail::services::iam
