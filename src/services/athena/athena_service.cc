#include "services/athena/athena_service.h"

#include <algorithm>

#include "services/athena/authorization.h"
#include "services/athena/handlers.h"
#include "services/athena/schema.h"

namespace opentrail::services::athena {
namespace {

// A row of the table from a function on the service itself.
template <OperationFunction Function>
AwsResult<Reply> Handle(Service& service, Call& call, store::Transaction& transaction) {
  return Function(static_cast<AthenaService&>(service), call, transaction);
}

constexpr Handler kHandlers[] = {
    {"BatchGetNamedQuery", AuthorizeNamedQueries, Handle<BatchGetNamedQuery>},
    {"BatchGetPreparedStatement", AuthorizeWorkgroup, Handle<BatchGetPreparedStatement>},
    {"BatchGetQueryExecution", AuthorizeExecutions, Handle<BatchGetQueryExecution>},
    {"CreateNamedQuery", AuthorizeWorkgroup, Handle<CreateNamedQuery>},
    {"CreatePreparedStatement", AuthorizeWorkgroup, Handle<CreatePreparedStatement>},
    {"CreateWorkGroup", AuthorizeWorkgroup, Handle<CreateWorkGroup>},
    {"DeleteNamedQuery", AuthorizeNamedQuery, Handle<DeleteNamedQuery>},
    {"DeletePreparedStatement", AuthorizeWorkgroup, Handle<DeletePreparedStatement>},
    {"DeleteWorkGroup", AuthorizeWorkgroup, Handle<DeleteWorkGroup>},
    {"GetDataCatalog", AuthorizeCatalog, Handle<GetDataCatalog>},
    {"GetDatabase", AuthorizeCatalog, Handle<GetDatabase>},
    {"GetNamedQuery", AuthorizeNamedQuery, Handle<GetNamedQuery>},
    {"GetPreparedStatement", AuthorizeWorkgroup, Handle<GetPreparedStatement>},
    {"GetQueryExecution", AuthorizeExecution, Handle<GetQueryExecution>},
    {"GetQueryResults", AuthorizeExecution, Handle<GetQueryResults>},
    {"GetQueryRuntimeStatistics", AuthorizeExecution, Handle<GetQueryRuntimeStatistics>},
    {"GetTableMetadata", AuthorizeCatalog, Handle<GetTableMetadata>},
    {"GetWorkGroup", AuthorizeWorkgroup, Handle<GetWorkGroup>},
    {"ListDataCatalogs", AuthorizeAccount, Handle<ListDataCatalogs>},
    {"ListDatabases", AuthorizeCatalog, Handle<ListDatabases>},
    {"ListEngineVersions", AuthorizeAccount, Handle<ListEngineVersions>},
    {"ListNamedQueries", AuthorizeWorkgroup, Handle<ListNamedQueries>},
    {"ListPreparedStatements", AuthorizeWorkgroup, Handle<ListPreparedStatements>},
    {"ListQueryExecutions", AuthorizeWorkgroup, Handle<ListQueryExecutions>},
    {"ListTableMetadata", AuthorizeCatalog, Handle<ListTableMetadata>},
    {"ListTagsForResource", AuthorizeTagged, Handle<ListTagsForResource>},
    {"ListWorkGroups", AuthorizeAccount, Handle<ListWorkGroups>},
    {"StartQueryExecution", AuthorizeWorkgroup, Handle<StartQueryExecution>, PrepareStartQueryExecution},
    {"StopQueryExecution", AuthorizeExecution, Handle<StopQueryExecution>},
    {"TagResource", AuthorizeTagged, Handle<TagResource>},
    {"UntagResource", AuthorizeTagged, Handle<UntagResource>},
    {"UpdateNamedQuery", AuthorizeNamedQuery, Handle<UpdateNamedQuery>},
    {"UpdatePreparedStatement", AuthorizeWorkgroup, Handle<UpdatePreparedStatement>},
    {"UpdateWorkGroup", AuthorizeWorkgroup, Handle<UpdateWorkGroup>},
};
static_assert(std::ranges::is_sorted(kHandlers, {}, &Handler::operation));

}  // namespace

std::span<const store::Migration> AthenaService::migrations() const { return Migrations(); }
std::span<const Handler> AthenaService::handlers() const { return kHandlers; }

}  // namespace opentrail::services::athena
