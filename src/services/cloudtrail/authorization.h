#pragma once

#include <vector>

#include "iam/evaluation.h"
#include "services/service.h"

// What each operation must be allowed: the `authorize` functions of the handler table.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html
namespace opentrail::services::cloudtrail {

using AccessRequests = std::vector<opentrail::iam::AccessRequest>;
using AuthorizeFunction = AwsResult<AccessRequests>(Service& service, const Call& call, store::Connection& state);

// Nothing in particular: "*".
AuthorizeFunction AuthorizeAccount;
// The trail that Name or TrailName names, there or not.
AuthorizeFunction AuthorizeTrail;
AuthorizeFunction AuthorizeCreateTrail;
// The trails of ResourceId or ResourceIdList.
AuthorizeFunction AuthorizeTags;

}  // namespace opentrail::services::cloudtrail
