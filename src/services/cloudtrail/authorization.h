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
// The trails and event data stores of ResourceId or ResourceIdList.
AuthorizeFunction AuthorizeTags;
// The event data store that EventDataStore names, there or not.
AuthorizeFunction AuthorizeEventDataStore;
// Any event data store: the new one has no id yet. With tags, AddTags, too.
AuthorizeFunction AuthorizeCreateEventDataStore;
// Each event data store that the statement reads; a statement that is none is refused here.
AuthorizeFunction AuthorizeStartQuery;
// Each event data store that the query of QueryId reads; where there is no such query, any.
AuthorizeFunction AuthorizeQuery;

}  // namespace opentrail::services::cloudtrail
