#pragma once

#include "services/athena/athena_service.h"

// Athena's operations, each in the file of its kind. Errors are the model's, in Athena's words.
// https://docs.aws.amazon.com/athena/latest/APIReference/API_Operations.html
namespace opentrail::services::athena {

using OperationFunction = AwsResult<Reply>(AthenaService& service, Call& call, store::Transaction& transaction);

// query_start.cc
OperationFunction StartQueryExecution;
AwsStatus PrepareStartQueryExecution(Service& service, Call& call);
OperationFunction StopQueryExecution;

// query_read.cc
OperationFunction BatchGetQueryExecution;
OperationFunction GetQueryExecution;
OperationFunction GetQueryRuntimeStatistics;
OperationFunction ListQueryExecutions;

// query_results.cc
OperationFunction GetQueryResults;

// workgroup.cc
OperationFunction CreateWorkGroup;
OperationFunction DeleteWorkGroup;
OperationFunction GetWorkGroup;
OperationFunction ListWorkGroups;
OperationFunction UpdateWorkGroup;

// tag.cc
OperationFunction ListTagsForResource;
OperationFunction TagResource;
OperationFunction UntagResource;

// named_query.cc
OperationFunction BatchGetNamedQuery;
OperationFunction CreateNamedQuery;
OperationFunction DeleteNamedQuery;
OperationFunction GetNamedQuery;
OperationFunction ListNamedQueries;
OperationFunction UpdateNamedQuery;

// prepared_statement.cc
OperationFunction BatchGetPreparedStatement;
OperationFunction CreatePreparedStatement;
OperationFunction DeletePreparedStatement;
OperationFunction GetPreparedStatement;
OperationFunction ListPreparedStatements;
OperationFunction UpdatePreparedStatement;

// data_catalog.cc
OperationFunction GetDataCatalog;
OperationFunction GetDatabase;
OperationFunction GetTableMetadata;
OperationFunction ListDataCatalogs;
OperationFunction ListDatabases;
OperationFunction ListEngineVersions;
OperationFunction ListTableMetadata;

}  // namespace opentrail::services::athena
