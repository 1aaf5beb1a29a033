#pragma once

#include <vector>

#include "services/service.h"

// What an operation of Athena must be allowed, by the kind of thing that it names.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonathena.html
namespace opentrail::services::athena {

using AuthorizeFunction = AwsResult<std::vector<opentrail::iam::AccessRequest>>(Service& service, const Call& call,
                                                                                store::Connection& state);

AuthorizeFunction AuthorizeAccount;       // no resource: ListWorkGroups
AuthorizeFunction AuthorizeWorkgroup;     // input.WorkGroup, or Name of one that is made; without one `primary`
AuthorizeFunction AuthorizeExecution;     // the workgroup of input.QueryExecutionId
AuthorizeFunction AuthorizeExecutions;    // those of input.QueryExecutionIds
AuthorizeFunction AuthorizeNamedQuery;    // the workgroup of input.NamedQueryId
AuthorizeFunction AuthorizeNamedQueries;  // those of input.NamedQueryIds
AuthorizeFunction AuthorizeCatalog;       // input.CatalogName, or Name
AuthorizeFunction AuthorizeTagged;        // input.ResourceARN

}  // namespace opentrail::services::athena
