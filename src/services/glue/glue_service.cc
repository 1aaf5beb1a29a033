#include "services/glue/glue_service.h"

#include <algorithm>

#include "services/glue/authorization.h"
#include "services/glue/handlers.h"
#include "services/glue/schema.h"

namespace opentrail::services::glue {
namespace {

// A row of the table from a function that needs nothing of the service.
template <OperationFunction Function>
AwsResult<Reply> Handle(Service& /*service*/, Call& call, store::Transaction& transaction) {
  return Function(call, transaction);
}

constexpr Handler kHandlers[] = {
    {"BatchCreatePartition", AuthorizeTable, Handle<BatchCreatePartition>},
    {"BatchDeletePartition", AuthorizeTable, Handle<BatchDeletePartition>},
    {"BatchDeleteTable", AuthorizeTables, Handle<BatchDeleteTable>},
    {"BatchGetPartition", AuthorizeTable, Handle<BatchGetPartition>},
    {"BatchUpdatePartition", AuthorizeTable, Handle<BatchUpdatePartition>},
    {"CreateDatabase", AuthorizeDatabase, Handle<CreateDatabase>},
    {"CreatePartition", AuthorizeTable, Handle<CreatePartition>},
    {"CreateTable", AuthorizeTable, Handle<CreateTable>},
    {"DeleteDatabase", AuthorizeDatabase, Handle<DeleteDatabase>},
    {"DeletePartition", AuthorizeTable, Handle<DeletePartition>},
    {"DeleteTable", AuthorizeTable, Handle<DeleteTable>},
    {"DeleteTableVersion", AuthorizeTable, Handle<DeleteTableVersion>},
    {"GetDatabase", AuthorizeDatabase, Handle<GetDatabase>},
    {"GetDatabases", AuthorizeCatalog, Handle<GetDatabases>},
    {"GetPartition", AuthorizeTable, Handle<GetPartition>},
    {"GetPartitions", AuthorizeTable, Handle<GetPartitions>},
    {"GetTable", AuthorizeTable, Handle<GetTable>},
    {"GetTableVersion", AuthorizeTable, Handle<GetTableVersion>},
    {"GetTableVersions", AuthorizeTable, Handle<GetTableVersions>},
    {"GetTables", AuthorizeTable, Handle<GetTables>},
    {"UpdateDatabase", AuthorizeDatabase, Handle<UpdateDatabase>},
    {"UpdatePartition", AuthorizeTable, Handle<UpdatePartition>},
    {"UpdateTable", AuthorizeTable, Handle<UpdateTable>},
};
static_assert(std::ranges::is_sorted(kHandlers, {}, &Handler::operation));

}  // namespace

std::span<const store::Migration> GlueService::migrations() const { return Migrations(); }
std::span<const Handler> GlueService::handlers() const { return kHandlers; }

}  // namespace opentrail::services::glue
