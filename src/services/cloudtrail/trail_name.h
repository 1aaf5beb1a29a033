#pragma once

#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "services/cloudtrail/trail_rows.h"
#include "services/service.h"

namespace opentrail::services::cloudtrail {

// InvalidTrailNameException with AWS's words.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-naming-requirements.html
[[nodiscard]] AwsStatus CheckTrailName(std::string_view name);

// Which trail a call is about: as a name (in the call's region) or as an ARN.
struct TrailReference {
  std::string account_id;
  std::string region;
  std::string name;
  std::string given;  // as the call has it
  [[nodiscard]] std::string Arn() const { return TrailArn(account_id, region, name); }
};
// InvalidTrailNameException, CloudTrailARNInvalidException.
[[nodiscard]] AwsResult<TrailReference> ParseTrailReference(const Call& call, std::string_view text);

// How TrailNotFoundException calls a trail that was asked for by its name.
enum class NamedAs : uint8_t { kGiven, kArn };

// The trail that is referred to. TrailNotFoundException.
[[nodiscard]] AwsResult<Trail> RequireTrail(const Call& call, store::Connection& state, const TrailReference& reference,
                                            NamedAs named_as);
// The same for a text, also where the trail's home is another region.
[[nodiscard]] AwsResult<Trail> ReadableTrail(const Call& call, store::Connection& state, std::string_view text,
                                             NamedAs named_as);
// For what changes a trail: InvalidHomeRegionException where the call came to another region.
[[nodiscard]] AwsResult<Trail> ChangeableTrail(const Call& call, store::Connection& state, std::string_view text,
                                               NamedAs named_as);

}  // namespace opentrail::services::cloudtrail
