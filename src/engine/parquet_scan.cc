#include "engine/parquet_scan.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "duckdb.hpp"
#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/schema_catalog_entry.hpp"
#include "duckdb/catalog/catalog_entry/table_function_catalog_entry.hpp"
#include "duckdb/common/multi_file/multi_file_function.hpp"
#include "duckdb/common/multi_file/multi_file_reader.hpp"
#include "duckdb/parser/parsed_data/create_table_function_info.hpp"
#include "duckdb/storage/statistics/node_statistics.hpp"
#include "engine/parquet_type.h"
#include "engine/physical_type.h"
#include "engine/scan_hints.h"
#include "engine/stored_files.h"
#include "logs/log_path.h"
#include "sql/text.h"
#include "sql/time_zone_key.h"

namespace opentrail::engine {
namespace {

using duckdb::ClientContext;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::MultiFileColumnDefinition;
using duckdb::OpenFileInfo;

constexpr const char* kParquetScan = "parquet_scan";
constexpr const char* kFunction = "opentrail_parquet";
constexpr idx_t kPlannedRows = 1'000'000;  // before the files are listed, so that they are listed once
constexpr int64_t kNanosPerMilli = 1'000'000;

struct ParquetScanInfo final : duckdb::TableFunctionInfo {
  explicit ParquetScanInfo(const ScanContext& given) : context(given) {}
  const ScanContext& context;
};

// What the scan of one table is about. shared: by the lists and readers that the planner copies.
struct ParquetTable {
  const ScanContext& context;
  std::shared_ptr<QueryScans> query;
  std::shared_ptr<const EngineTable> table;

  [[nodiscard]] size_t ColumnCount() const { return table->bound.table.columns.size(); }
  // Whether the n-th column comes from the file's place, not its content.
  [[nodiscard]] bool IsOfFile(size_t column) const {
    const catalog::Column& declared = table->bound.table.columns[column];
    return declared.partition || declared.hidden;
  }
};

// The table's files, listed when they are first asked for: by then the filters are known. Thread-safe.
class TableFileList final : public duckdb::MultiFileList {
 public:
  TableFileList(std::shared_ptr<const ParquetTable> of, std::vector<logs::Predicate> predicates)
      : MultiFileList(duckdb::vector<OpenFileInfo>(), duckdb::FileGlobOptions::ALLOW_EMPTY),
        of_(std::move(of)),
        predicates_(std::move(predicates)) {}

  // The planner may come by more than once; the last time it has seen all filters.
  duckdb::unique_ptr<MultiFileList> ComplexFilterPushdown(
      ClientContext& /*client*/, const duckdb::MultiFileOptions& /*options*/, duckdb::MultiFilePushdownInfo& info,
      duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) override {
    const PlannedScan scan{info.table_index, {info.column_ids.begin(), info.column_ids.end()}};
    return duckdb::make_uniq<TableFileList>(of_, HintsOf(filters, scan, of_->table->columns));
  }
  duckdb::vector<OpenFileInfo> GetAllFiles() override {
    const std::lock_guard lock(mutex_);
    return Listed();
  }
  duckdb::FileExpandResult GetExpandResult() override {
    switch (GetTotalFileCount()) {
      case 0: return duckdb::FileExpandResult::NO_FILES;
      case 1: return duckdb::FileExpandResult::SINGLE_FILE;
      default: return duckdb::FileExpandResult::MULTIPLE_FILES;
    }
  }
  idx_t GetTotalFileCount() override {
    const std::lock_guard lock(mutex_);
    return Listed().size();
  }
  duckdb::unique_ptr<duckdb::NodeStatistics> GetCardinality(ClientContext& /*client*/) override {
    return duckdb::make_uniq<duckdb::NodeStatistics>(kPlannedRows);
  }
  duckdb::unique_ptr<MultiFileList> Copy() override { return duckdb::make_uniq<TableFileList>(of_, predicates_); }

 protected:
  OpenFileInfo GetFile(idx_t i) override {
    const std::lock_guard lock(mutex_);
    const auto& files = Listed();
    return i < files.size() ? files[i] : OpenFileInfo();
  }

 private:
  // Under the lock.
  const duckdb::vector<OpenFileInfo>& Listed() {
    if (!files_) files_ = List();
    return *files_;
  }
  [[nodiscard]] duckdb::vector<OpenFileInfo> List() const;

  const std::shared_ptr<const ParquetTable> of_;
  const std::vector<logs::Predicate> predicates_;
  std::mutex mutex_;
  std::optional<duckdb::vector<OpenFileInfo>> files_;
};

[[noreturn]] void Fail(QueryScans& query, const Error& error) {
  if (error.code == ErrorCode::kCancelled) throw duckdb::InterruptException();
  query.Fail(error);
  throw duckdb::IOException(error.message);
}

duckdb::vector<OpenFileInfo> TableFileList::List() const {
  QueryScans& query = *of_->query;
  const auto& store = of_->table->bound.source.store;
  if (store == nullptr) Fail(query, {ErrorCode::kInternal, "a Parquet table needs a store of files"});
  auto listing = store->List(predicates_, query.Cancel());
  if (!listing) Fail(query, listing.error());
  if (!listing->faults.empty()) {
    Fail(query, {ErrorCode::kIo,
                 fmt::format("HIVE_CANNOT_OPEN_SPLIT: {}: {}", listing->faults[0].path, listing->faults[0].message)});
  }
  std::ranges::sort(listing->files, {}, &logs::LogFile::path);
  logs::ScanStatistics& statistics = query.Statistics();
  duckdb::vector<OpenFileInfo> files;
  for (logs::LogFile& file : listing->files) {
    ++statistics.files_total;
    if (logs::IsPrunedByPath(file, predicates_)) {
      ++statistics.files_pruned;
      continue;
    }
    statistics.bytes_total += file.size;
    files.emplace_back(of_->context.files->Add({std::move(file), store, of_->query}));
  }
  return files;
}

// A NULL of the type, for a column that a file lacks.
MultiFileColumnDefinition ColumnDefinition(const std::string& name, const LogicalType& type) {
  MultiFileColumnDefinition column(name, type);
  column.identifier = duckdb::Value(name);
  column.default_expression = duckdb::make_uniq<duckdb::ConstantExpression>(duckdb::Value(type));
  if (type.id() == duckdb::LogicalTypeId::STRUCT) {
    for (const auto& [child, child_type] : duckdb::StructType::GetChildTypes(type)) {
      column.children.push_back(ColumnDefinition(child, child_type));
    }
  }
  return column;
}

class TableFileReader final : public duckdb::MultiFileReader {
 public:
  explicit TableFileReader(const ScanContext& context, std::shared_ptr<const ParquetTable> of = nullptr)
      : context_(context), of_(std::move(of)) {
    function_name = kFunction;
  }

  static duckdb::unique_ptr<MultiFileReader> Create(const duckdb::TableFunction& function) {
    return duckdb::make_uniq<TableFileReader>(function.function_info->Cast<ParquetScanInfo>().context);
  }
  duckdb::unique_ptr<MultiFileReader> Copy() const override {
    return duckdb::make_uniq<TableFileReader>(context_, of_);
  }

  // [database, table]
  duckdb::shared_ptr<duckdb::MultiFileList> CreateFileList(ClientContext& /*client*/,
                                                           const duckdb::vector<std::string>& names,
                                                           const duckdb::FileGlobInput& /*glob*/) override {
    auto table = names.size() == 2 ? context_.tables.Find(names[0], names[1]) : nullptr;
    if (table == nullptr) throw duckdb::InvalidInputException("no such table was added");
    of_ = std::make_shared<const ParquetTable>(context_, context_.query, std::move(table));
    return duckdb::make_shared_ptr<TableFileList>(of_, std::vector<logs::Predicate>());
  }

  bool Bind(duckdb::MultiFileOptions& options, duckdb::MultiFileList& /*files*/, duckdb::vector<LogicalType>& types,
            duckdb::vector<std::string>& names, duckdb::MultiFileReaderBindData& bind_data) override {
    options.auto_detect_hive_partitioning = false;
    options.hive_partitioning = false;
    for (size_t i = 0; i < of_->ColumnCount(); ++i) {
      const ScanColumn& column = of_->table->columns[i];
      names.push_back(column.name);
      types.push_back(PhysicalType(column.type));
      bind_data.schema.push_back(ColumnDefinition(column.name, types.back()));
    }
    bind_data.mapping = duckdb::MultiFileColumnMappingMode::BY_NAME;
    return true;
  }
  void BindOptions(duckdb::MultiFileOptions& /*options*/, duckdb::MultiFileList& /*files*/,
                   duckdb::vector<LogicalType>& /*types*/, duckdb::vector<std::string>& /*names*/,
                   duckdb::MultiFileReaderBindData& /*bind_data*/) override {}

  using MultiFileReader::CreateReader;
  duckdb::shared_ptr<duckdb::BaseFileReader> CreateReader(ClientContext& client,
                                                          duckdb::GlobalTableFunctionState& global,
                                                          const OpenFileInfo& file, idx_t index,
                                                          const duckdb::MultiFileBindData& bind_data) override {
    try {
      return MultiFileReader::CreateReader(client, global, file, index, bind_data);
    } catch (const std::exception& exception) {
      const duckdb::ErrorData error(exception);
      if (error.Type() == duckdb::ExceptionType::INTERRUPT || of_->query->Failure()) throw;
      Fail(*of_->query, {ErrorCode::kCorrupt, fmt::format("HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split: {}",
                                                          context_.files->WithPaths(error.RawMessage()))});
    }
  }

  // What a file's place says is a constant of its rows.
  void FinalizeBind(duckdb::MultiFileReaderData& data, const duckdb::MultiFileOptions& options,
                    const duckdb::MultiFileReaderBindData& bind_data,
                    const duckdb::vector<MultiFileColumnDefinition>& columns,
                    const duckdb::vector<duckdb::ColumnIndex>& column_ids, ClientContext& client,
                    duckdb::optional_ptr<duckdb::MultiFileReaderGlobalState> state) override;

 private:
  const ScanContext& context_;
  std::shared_ptr<const ParquetTable> of_;  // shared: with the list; nullptr before CreateFileList
};

duckdb::Value MillisValue(int64_t millis) { return duckdb::Value::BIGINT(sql::PackTimestamp(millis, sql::kUtcKey)); }

// The value of a column that the file's place gives; throws where it is none of the column's type.
duckdb::Value ValueOf(const ScanColumn& column, const logs::LogFile& file) {
  duckdb::Vector vector(PhysicalType(column.type), 1);
  std::string room;
  const std::string_view text = logs::FileFieldText(file, logs::ParsePath(file.path), column.fields[0], room);
  if (text.data() == nullptr) return duckdb::Value(vector.GetType());
  if (column.kind == ScanColumnKind::kText) return duckdb::Value(std::string(text));
  if (column.kind == ScanColumnKind::kInstant) return MillisValue(file.mtime_ns / kNanosPerMilli);
  SetScalarText(vector, 0, text, column.type, column.rules);
  return vector.GetValue(0);
}

void TableFileReader::FinalizeBind(duckdb::MultiFileReaderData& data, const duckdb::MultiFileOptions& options,
                                   const duckdb::MultiFileReaderBindData& bind_data,
                                   const duckdb::vector<MultiFileColumnDefinition>& columns,
                                   const duckdb::vector<duckdb::ColumnIndex>& column_ids, ClientContext& client,
                                   duckdb::optional_ptr<duckdb::MultiFileReaderGlobalState> state) {
  MultiFileReader::FinalizeBind(data, options, bind_data, columns, column_ids, client, state);
  const auto file = context_.files->Find(data.reader->GetFileName());
  const ParquetTable& of = *of_;
  for (idx_t i = 0; i < column_ids.size(); ++i) {
    const idx_t id = column_ids[i].GetPrimaryIndex();
    if (id >= of.ColumnCount()) continue;
    if (of.IsOfFile(id)) {
      data.constant_map.Add(duckdb::MultiFileGlobalIndex(i), ValueOf(of.table->columns[id], file->file));
      continue;
    }
    if (auto problem = ParquetTypeProblem(data.reader->GetColumns(), of.table->columns[id], file->file.path)) {
      Fail(*of.query, {ErrorCode::kCorrupt, *std::move(problem)});
    }
  }
}

duckdb::TableFunction ParquetFunction(duckdb::DatabaseInstance& database) {
  const auto transaction = duckdb::CatalogTransaction::GetSystemTransaction(database);
  auto& schema = duckdb::Catalog::GetSystemCatalog(database).GetSchema(transaction, DEFAULT_SCHEMA);
  auto entry = schema.GetEntry(transaction, duckdb::CatalogType::TABLE_FUNCTION_ENTRY, kParquetScan);
  return entry->Cast<duckdb::TableFunctionCatalogEntry>().functions.functions[0];
}

bool HasBinary(const sql::Type& type) {
  return type.kind() == sql::TypeKind::kVarbinary || std::ranges::any_of(type.arguments(), HasBinary);
}

// A field below a struct: "useridentity"."sessioncontext"."arn", NULL where any of them is.
std::string FieldSql(std::string_view dotted) {
  std::string text;
  for (;;) {
    const size_t dot = dotted.find('.');
    text += (text.empty() ? "" : ".") + sql::QuoteIdentifier(dotted.substr(0, dot));
    if (dot == std::string_view::npos) return text;
    dotted.remove_prefix(dot + 1);
  }
}

}  // namespace

void RegisterParquetScan(duckdb::DatabaseInstance& database, const ScanContext& context) {
  duckdb::TableFunction function = ParquetFunction(database);
  function.name = kFunction;
  function.arguments = {LogicalType::LIST(LogicalType::VARCHAR)};
  function.get_multi_file_reader = TableFileReader::Create;
  function.function_info = duckdb::make_shared_ptr<ParquetScanInfo>(context);
  function.statistics = nullptr;  // they would open files while the statement is planned
  function.get_partition_stats = nullptr;
  duckdb::CreateTableFunctionInfo info(std::move(function));
  info.internal = true;
  duckdb::Catalog::GetSystemCatalog(database).CreateFunction(duckdb::CatalogTransaction::GetSystemTransaction(database),
                                                             info);
}

std::string ParquetScanSql(const EngineTable& table) {
  const size_t declared = table.bound.table.columns.size();
  std::string columns;
  bool has_binary = false;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const ScanColumn& column = table.columns[i];
    if (i < declared) has_binary = has_binary || HasBinary(column.type);
    std::string text = i < declared ? sql::QuoteIdentifier(column.name) : FieldSql(column.name);
    if (i >= declared && column.name.ends_with(kRawSuffix)) {  // only whether there is one matters
      const std::string of = FieldSql(column.name.substr(0, column.name.size() - kRawSuffix.size()));
      text = fmt::format("CASE WHEN {} IS NOT NULL THEN '' END", of);
    }
    columns += fmt::format("{}{} AS {}", i == 0 ? "" : ", ", text, sql::QuoteIdentifier(column.name));
  }
  // Texts that a writer did not mark as such are texts, unless the table has bytes as well.
  return fmt::format("SELECT {} FROM {}([{}, {}], binary_as_string := {})", columns, kFunction,
                     sql::QuoteLiteral(table.bound.table.database), sql::QuoteLiteral(table.bound.table.name),
                     !has_binary);
}

}  // namespace opentrail::engine
