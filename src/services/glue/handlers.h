#pragma once

#include "services/glue/glue_service.h"

// Glue's operations, each in the file of its kind.
// https://docs.aws.amazon.com/glue/latest/webapi/API_Operations.html
namespace opentrail::services::glue {

using OperationFunction = AwsResult<Reply>(Call& call, store::Transaction& transaction);

// database.cc
OperationFunction CreateDatabase;
OperationFunction DeleteDatabase;
OperationFunction GetDatabase;
OperationFunction GetDatabases;
OperationFunction UpdateDatabase;

// table.cc
OperationFunction BatchDeleteTable;
OperationFunction CreateTable;
OperationFunction DeleteTable;
OperationFunction GetTable;
OperationFunction GetTables;
OperationFunction UpdateTable;

// table_version.cc
OperationFunction DeleteTableVersion;
OperationFunction GetTableVersion;
OperationFunction GetTableVersions;

// partition.cc
OperationFunction CreatePartition;
OperationFunction DeletePartition;
OperationFunction GetPartition;
OperationFunction GetPartitions;
OperationFunction UpdatePartition;

// partition_batch.cc
OperationFunction BatchCreatePartition;
OperationFunction BatchDeletePartition;
OperationFunction BatchGetPartition;
OperationFunction BatchUpdatePartition;

}  // namespace opentrail::services::glue
