#include "engine/scan_function.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "duckdb.hpp"
#include "duckdb/catalog/catalog.hpp"
#include "duckdb/function/table_function.hpp"
#include "duckdb/parser/parsed_data/create_table_function_info.hpp"
#include "duckdb/parser/parser.hpp"
#include "duckdb/parser/tableref/subqueryref.hpp"
#include "duckdb/planner/operator/logical_get.hpp"
#include "duckdb/storage/statistics/node_statistics.hpp"
#include "engine/deduplicator.h"
#include "engine/parquet_scan.h"
#include "engine/physical_type.h"
#include "engine/scan_hints.h"
#include "engine/scan_output.h"
#include "formats/line_scan.h"

namespace opentrail::engine {
namespace {

using duckdb::ClientContext;
using duckdb::idx_t;

// What the planner reckons with before the files are listed: many rows, so that a join builds on its other side.
constexpr idx_t kPlannedRows = 1'000'000;
constexpr const char* kEventId = "eventid";

struct ScanFunctionInfo final : duckdb::TableFunctionInfo {
  explicit ScanFunctionInfo(const ScanContext& given) : context(given) {}
  const ScanContext& context;
};

struct ScanBindData final : duckdb::FunctionData {
  ScanBindData(const ScanContext& given, std::shared_ptr<const EngineTable> of)
      : context(given), query(given.query), table(std::move(of)) {}

  duckdb::unique_ptr<FunctionData> Copy() const override { return duckdb::make_uniq<ScanBindData>(*this); }
  bool Equals(const FunctionData& other) const override {
    const auto& scan = other.Cast<ScanBindData>();
    return table == scan.table && query == scan.query && SamePredicates(scan);
  }
  bool SamePredicates(const ScanBindData& other) const {
    return std::ranges::equal(predicates, other.predicates, [](const auto& a, const auto& b) {
      return a.field == b.field && a.kind == b.kind && a.values == b.values && a.exclusive == b.exclusive;
    });
  }

  const ScanContext& context;
  std::shared_ptr<QueryScans> query;         // shared: outlives the statement where its result is still open
  std::shared_ptr<const EngineTable> table;  // shared: as Find gives it
  std::vector<logs::Predicate> predicates;
};

struct GlobalScan final : duckdb::GlobalTableFunctionState {
  idx_t MaxThreads() const override { return std::max<idx_t>(scan->MaxThreads(), 1); }

  explicit GlobalScan(std::shared_ptr<QueryScans> of) : query(std::move(of)), satisfied(&query->Cancel()) {}

  std::shared_ptr<QueryScans> query;  // shared: before `scan`, which refers to it until it is gone
  CancelToken satisfied;              // raised where the statement wants no more rows of this scan
  std::shared_ptr<const EngineTable> table;
  std::vector<std::pair<const ScanColumn*, std::vector<size_t>>> outputs;  // no column: nothing is asked of it
  size_t event_id_place = 0;
  std::unique_ptr<logs::Scan> scan;
  std::unique_ptr<Deduplicator> deduplicator;
};

struct LocalScan final : duckdb::LocalTableFunctionState {
  explicit LocalScan(GlobalScan& of) : global(of) {}
  // A LIMIT that is met ends one thread's work early: the others may be deep in files that hold nothing more of use.
  ~LocalScan() override {
    if (!ended) global.satisfied.Cancel();
  }

  GlobalScan& global;
  std::unique_ptr<logs::Scan::Reader> reader;
  std::vector<std::optional<ColumnWriter>> writers;
  Deduplicator::Drain drain;
  bool ended = false;
};

[[noreturn]] void ThrowScanError(QueryScans& query, const Error& error) {
  if (error.code == ErrorCode::kCancelled) throw duckdb::InterruptException();
  query.Fail(error);
  throw duckdb::IOException(error.message);
}

duckdb::unique_ptr<duckdb::FunctionData> BindScan(ClientContext&, duckdb::TableFunctionBindInput& input,
                                                  duckdb::vector<duckdb::LogicalType>& types,
                                                  duckdb::vector<duckdb::string>& names) {
  const ScanContext& context = input.info->Cast<ScanFunctionInfo>().context;
  const auto database = input.inputs[0].GetValue<std::string>();
  const auto name = input.inputs[1].GetValue<std::string>();
  auto table = context.tables.Find(database, name);
  if (table == nullptr) throw duckdb::InvalidInputException("no table '%s.%s' was added", database, name);
  for (const ScanColumn& column : table->columns) {
    types.push_back(PhysicalType(column.type));
    names.push_back(column.name);
  }
  return duckdb::make_uniq<ScanBindData>(context, std::move(table));
}

// Parquet is read by the library's own reader; nullptr: the logs' and lines' are ours.
duckdb::unique_ptr<duckdb::TableRef> ReplaceScan(ClientContext& client, duckdb::TableFunctionBindInput& input) {
  const ScanContext& context = input.info->Cast<ScanFunctionInfo>().context;
  const auto table =
      context.tables.Find(input.inputs[0].GetValue<std::string>(), input.inputs[1].GetValue<std::string>());
  if (table == nullptr || table->bound.format.As<formats::ParquetFormat>() == nullptr) return nullptr;
  duckdb::Parser parser(client.GetParserOptions());
  parser.ParseQuery(ParquetScanSql(*table));
  auto select = duckdb::unique_ptr_cast<duckdb::SQLStatement, duckdb::SelectStatement>(std::move(parser.statements[0]));
  return duckdb::make_uniq<duckdb::SubqueryRef>(std::move(select));
}

void PushDownFilters(ClientContext&, duckdb::LogicalGet& scan, duckdb::FunctionData* bind_data,
                     duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) {
  auto& bound = bind_data->Cast<ScanBindData>();
  // The planner may come by more than once; the last time it has seen all of them.
  PlannedScan planned{scan.table_index, {}};
  for (const duckdb::ColumnIndex& id : scan.GetColumnIds()) planned.column_ids.push_back(id.GetPrimaryIndex());
  bound.predicates = HintsOf(filters, planned, bound.table->columns);
}

duckdb::unique_ptr<duckdb::NodeStatistics> PlannedCardinality(ClientContext&, const duckdb::FunctionData*) {
  return duckdb::make_uniq<duckdb::NodeStatistics>(kPlannedRows);
}

// A count(*) asks for no column at all.
duckdb::virtual_column_map_t VirtualColumns(ClientContext&, duckdb::optional_ptr<duckdb::FunctionData>) {
  duckdb::virtual_column_map_t columns;
  columns.emplace(duckdb::COLUMN_IDENTIFIER_EMPTY, duckdb::TableColumn("", duckdb::LogicalType::BOOLEAN));
  return columns;
}

duckdb::vector<duckdb::LogicalType> OutputTypes(const GlobalScan& global) {
  duckdb::vector<duckdb::LogicalType> types;
  for (const auto& [column, places] : global.outputs) {
    types.push_back(column == nullptr ? duckdb::LogicalType::BOOLEAN : PhysicalType(column->type));
  }
  return types;
}

// The columns that lines hold, in the table's order.
std::vector<formats::LineColumn> LineColumns(const EngineTable& table) {
  std::vector<formats::LineColumn> columns;
  for (size_t i = 0; i < table.bound.table.columns.size(); ++i) {
    const catalog::Column& column = table.bound.table.columns[i];
    if (column.partition || column.hidden) continue;
    columns.push_back({table.columns[i].name, !table.columns[i].type.arguments().empty()});
  }
  return columns;
}

Result<std::unique_ptr<logs::Scan>> OpenScan(const ScanBindData& bound, const logs::ScanRequest& request) {
  const BoundTable& table = bound.table->bound;
  if (table.format.As<formats::CloudTrailFormat>() != nullptr) {
    return bound.context.open(table.source, request, bound.query->Statistics(), bound.query->Cancel());
  }
  return formats::OpenLineScan(table.format, LineColumns(*bound.table), table.source, request,
                               bound.query->Statistics(), bound.query->Cancel());
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> InitGlobal(ClientContext& client,
                                                                duckdb::TableFunctionInitInput& input) {
  const auto& bound = input.bind_data->Cast<ScanBindData>();
  auto global = duckdb::make_uniq<GlobalScan>(bound.query);
  global->table = bound.table;
  FieldList fields;
  for (const duckdb::column_t id : input.column_ids) {
    const ScanColumn* column = id < bound.table->columns.size() ? &bound.table->columns[id] : nullptr;
    std::vector<size_t> places;
    if (column != nullptr) {
      std::ranges::transform(column->fields, std::back_inserter(places),
                             [&](const std::string& field) { return fields.Place(field); });
    }
    global->outputs.emplace_back(column, std::move(places));
  }
  if (bound.table->bound.deduplicate) {
    global->event_id_place = fields.Place(kEventId);
    global->deduplicator =
        std::make_unique<Deduplicator>(client, OutputTypes(*global), bound.context.deduplicate_memory_bytes);
  }
  const logs::ScanRequest request{fields.names(), bound.predicates, bound.context.threads};
  auto scan = OpenScan(bound, request);
  if (!scan) ThrowScanError(*bound.query, scan.error());
  global->scan = std::move(*scan);
  return global;
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> InitLocal(duckdb::ExecutionContext&,
                                                              duckdb::TableFunctionInitInput&,
                                                              duckdb::GlobalTableFunctionState* state) {
  auto& global = state->Cast<GlobalScan>();
  auto local = duckdb::make_uniq<LocalScan>(global);
  local->reader = global.scan->NewReader();
  for (const auto& [column, places] : global.outputs) {
    auto& writer = local->writers.emplace_back();
    if (column != nullptr) writer.emplace(*column, places, global.table->bound.format);
  }
  if (global.deduplicator) global.deduplicator->ReaderStarted();
  return local;
}

void WriteBatch(const GlobalScan& global, LocalScan& local, const logs::ColumnBatch& batch, duckdb::DataChunk& output) {
  for (size_t i = 0; i < local.writers.size(); ++i) {
    if (local.writers[i]) {
      local.writers[i]->Write(batch, output.data[i]);
    } else {
      output.data[i].Reference(duckdb::Value(duckdb::LogicalType::BOOLEAN));
    }
  }
  output.SetCardinality(batch.rows);
  if (global.deduplicator) global.deduplicator->Filter(batch.columns[global.event_id_place], output);
}

void ReadRows(ClientContext& client, duckdb::TableFunctionInput& input, duckdb::DataChunk& output) {
  auto& global = input.global_state->Cast<GlobalScan>();
  auto& local = input.local_state->Cast<LocalScan>();
  while (!local.ended) {
    if (client.interrupted) throw duckdb::InterruptException();
    auto batch = local.reader->Next();
    if (global.satisfied.IsCancelled() && !global.query->Cancel().IsCancelled()) return output.SetCardinality(0);
    if (!batch) ThrowScanError(*global.query, batch.error());
    if (batch->rows == 0) {
      local.reader.reset();
      local.ended = true;
      if (!global.deduplicator || !global.deduplicator->ReaderEnded()) return output.SetCardinality(0);
      break;
    }
    output.Reset();
    WriteBatch(global, local, *batch, output);
    if (output.size() > 0) return;  // 0 rows would end the scan
  }
  output.Reset();
  if (global.deduplicator) global.deduplicator->Next(local.drain, output);
}

double Progress(ClientContext&, const duckdb::FunctionData* bind_data, const duckdb::GlobalTableFunctionState*) {
  const auto& statistics = bind_data->Cast<ScanBindData>().query->Statistics();
  const uint64_t total = statistics.bytes_total;
  return total == 0 ? 0.0 : 100.0 * static_cast<double>(statistics.bytes_done) / static_cast<double>(total);
}

}  // namespace

void RegisterScanFunction(duckdb::DatabaseInstance& database, const ScanContext& context) {
  duckdb::TableFunction function("opentrail_scan", {duckdb::LogicalType::VARCHAR, duckdb::LogicalType::VARCHAR},
                                 ReadRows, BindScan, InitGlobal, InitLocal);
  function.projection_pushdown = true;
  function.bind_replace = ReplaceScan;
  function.pushdown_complex_filter = PushDownFilters;
  function.cardinality = PlannedCardinality;
  function.get_virtual_columns = VirtualColumns;
  function.table_scan_progress = Progress;
  function.function_info = duckdb::make_shared_ptr<ScanFunctionInfo>(context);
  duckdb::CreateTableFunctionInfo info(std::move(function));
  info.internal = true;
  duckdb::Catalog::GetSystemCatalog(database).CreateFunction(duckdb::CatalogTransaction::GetSystemTransaction(database),
                                                             info);
}

}  // namespace opentrail::engine
