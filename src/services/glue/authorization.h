#pragma once

#include <vector>

#include "services/service.h"

// What an operation of Glue must be allowed: the action on the thing, and on each level above it.
// https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
namespace opentrail::services::glue {

using AuthorizeFunction = AwsResult<std::vector<opentrail::iam::AccessRequest>>(Service& service, const Call& call,
                                                                                store::Connection& state);

AuthorizeFunction AuthorizeCatalog;   // the catalog, and every database: GetDatabases
AuthorizeFunction AuthorizeDatabase;  // the database that the input names
AuthorizeFunction AuthorizeTable;     // the table that the input names, with its database; all tables where none
AuthorizeFunction AuthorizeTables;    // input.TablesToDelete

}  // namespace opentrail::services::glue
