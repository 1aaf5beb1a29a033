#pragma once

namespace duckdb {
class DatabaseInstance;
}

// The parts of the array, map and aggregate families that have a file of their own.
namespace opentrail::engine {

void RegisterArrayBuilders(duckdb::DatabaseInstance& database);        // sequence, zip, slice, combinations …
void RegisterLambdaFunctions(duckdb::DatabaseInstance& database);      // reduce, zip_with, map_filter …
void RegisterStatisticAggregates(duckdb::DatabaseInstance& database);  // weighted percentiles, histograms
void RegisterApproxDistinct(duckdb::DatabaseInstance& database);
void RegisterMoments(duckdb::DatabaseInstance& database);  // skewness, kurtosis, regression
void RegisterChecksum(duckdb::DatabaseInstance& database);
void RegisterSketches(duckdb::DatabaseInstance& database);  // HyperLogLog, T-digest, quantile digest, set digest
void RegisterBigintSum(duckdb::DatabaseInstance& database);
void RegisterDecimalAverage(duckdb::DatabaseInstance& database);
void RegisterDecimalMath(duckdb::DatabaseInstance& database);    // round, truncate and mod of decimals
void RegisterDistributions(duckdb::DatabaseInstance& database);  // normal_cdf, wilson_interval_lower …

}  // namespace opentrail::engine
