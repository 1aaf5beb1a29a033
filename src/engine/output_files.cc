#include "engine/output_files.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <zstd.h>

#include "codec/gzip_writer.h"
#include "duckdb.hpp"
#include "duckdb/catalog/catalog.hpp"
#include "duckdb/common/file_opener.hpp"
#include "duckdb/common/file_system.hpp"
#include "duckdb/function/copy_function.hpp"
#include "duckdb/main/client_context_state.hpp"
#include "duckdb/parser/parsed_data/create_copy_function_info.hpp"
#include "engine/query_stream.h"
#include "engine/row_text.h"
#include "formats/partition_filters.h"
#include "sql/text.h"

namespace opentrail::engine {
namespace {

constexpr std::string_view kFolder = "opentrail-output/";
constexpr std::string_view kPartitions = "partitions";  // below it: the folders of partitions
constexpr std::string_view kFormat = "opentrail_lines";
constexpr const char* kStateName = "opentrail_output";
constexpr size_t kFlushBytes = 1UL << 20;  // of text, before it is compressed and written

// What the running statement writes, where its connection's parts find it.
struct OutputState final : duckdb::ClientContextState {
  OutputState(const TableOutput& o, const std::vector<sql::OutputColumn>& c, OutputFolder& f, QueryScans& s)
      : output(o), columns(c), folder(f), scans(s) {}

  const TableOutput& output;
  const std::vector<sql::OutputColumn>& columns;
  OutputFolder& folder;
  QueryScans& scans;

  [[noreturn]] void Throw(const Error& error) const {
    scans.Fail(error);
    throw duckdb::IOException(error.message);
  }
};

OutputState& StateOf(duckdb::ClientContext& client) {
  const auto state = client.registered_state->Get<OutputState>(kStateName);
  if (state == nullptr) throw duckdb::InternalException("no statement that writes is running");
  return *state;
}

class OutputHandle final : public duckdb::FileHandle {
 public:
  OutputHandle(duckdb::FileSystem& system, const std::string& name, duckdb::FileOpenFlags open_flags,
               OutputState& state, std::unique_ptr<OutputFile> file)
      : FileHandle(system, name, open_flags), state_(state), file_(std::move(file)) {}

  void Close() override {
    if (!file_) return;
    const Status finished = file_->Finish();
    file_.reset();
    if (!finished) state_.Throw(finished.error());
  }
  void Append(std::string_view bytes) {
    if (!file_) throw duckdb::IOException("the file is closed");
    if (const Status written = file_->Write(bytes); !written) state_.Throw(written.error());
    size_ += bytes.size();
  }
  [[nodiscard]] uint64_t size() const { return size_; }

 private:
  OutputState& state_;
  std::unique_ptr<OutputFile> file_;
  uint64_t size_ = 0;
};

// The values in "partitions/year=2026/month=11/data_0.parquet", as DuckDB names the folders of partitions.
std::vector<std::string> PartitionOf(std::string_view path) {
  path.remove_prefix(kFolder.size());
  if (!path.starts_with(kPartitions)) return {};
  return formats::ParseFolders(path.substr(kPartitions.size() + 1)).values;
}

class OutputFileSystem final : public duckdb::FileSystem {
 public:
  std::string GetName() const override { return "opentrail-output"; }
  bool CanHandleFile(const std::string& path) override { return path.starts_with(kFolder); }

  duckdb::unique_ptr<duckdb::FileHandle> OpenFile(const std::string& path, duckdb::FileOpenFlags flags,
                                                  duckdb::optional_ptr<duckdb::FileOpener> opener) override {
    auto client = duckdb::FileOpener::TryGetClientContext(opener);
    if (!client || !flags.OpenForWriting()) throw duckdb::IOException("'%s' is for writing alone", path);
    OutputState& state = StateOf(*client);
    auto file = state.folder.Create(PartitionOf(path));
    if (!file) state.Throw(file.error());
    return duckdb::make_uniq<OutputHandle>(*this, path, flags, state, *std::move(file));
  }
  int64_t Write(duckdb::FileHandle& handle, void* buffer, int64_t bytes) override {
    handle.Cast<OutputHandle>().Append({static_cast<const char*>(buffer), static_cast<size_t>(bytes)});
    return bytes;
  }
  void Write(duckdb::FileHandle& handle, void* buffer, int64_t bytes, duckdb::idx_t location) override {
    if (location != handle.Cast<OutputHandle>().size()) throw duckdb::IOException("what is written stays written");
    Write(handle, buffer, bytes);
  }
  int64_t GetFileSize(duckdb::FileHandle& handle) override {
    return static_cast<int64_t>(handle.Cast<OutputHandle>().size());
  }
  duckdb::idx_t SeekPosition(duckdb::FileHandle& handle) override { return handle.Cast<OutputHandle>().size(); }
  bool CanSeek() override { return false; }
  bool OnDiskFile(duckdb::FileHandle& /*handle*/) override { return false; }
  void FileSync(duckdb::FileHandle& /*handle*/) override {}
  // There are folders as soon as there is something in them.
  bool DirectoryExists(const std::string& /*path*/, duckdb::optional_ptr<duckdb::FileOpener> /*opener*/) override {
    return true;
  }
  void CreateDirectory(const std::string& /*path*/, duckdb::optional_ptr<duckdb::FileOpener> /*opener*/) override {}
  bool ListFiles(const std::string& /*path*/, const std::function<void(const std::string&, bool)>& /*callback*/,
                 duckdb::FileOpener* /*opener*/) override {
    return false;
  }
  bool FileExists(const std::string& /*path*/, duckdb::optional_ptr<duckdb::FileOpener> /*opener*/) override {
    return false;
  }
  // Of a statement that failed: what was not finished is none.
  void RemoveFile(const std::string& /*path*/, duckdb::optional_ptr<duckdb::FileOpener> /*opener*/) override {}
  bool TryRemoveFile(const std::string& /*path*/, duckdb::optional_ptr<duckdb::FileOpener> /*opener*/) override {
    return false;
  }
};

// ---- Lines -------------------------------------------------------------------------------------------------------

struct LinesBind final : duckdb::FunctionData {
  LinesBind(std::vector<std::string> n, std::vector<sql::Type> t, formats::WriteFormat f)
      : names(std::move(n)), types(std::move(t)), format(std::move(f)) {}
  duckdb::unique_ptr<FunctionData> Copy() const override { return duckdb::make_uniq<LinesBind>(names, types, format); }
  bool Equals(const FunctionData& other) const override { return this == &other; }

  std::vector<std::string> names;
  std::vector<sql::Type> types;
  formats::WriteFormat format;
};

struct LinesFile final : duckdb::GlobalFunctionData {
  std::mutex mutex;
  duckdb::unique_ptr<duckdb::FileHandle> handle;
};

struct LinesWriter final : duckdb::LocalFunctionData {
  explicit LinesWriter(const LinesBind& bind) : rows(bind.names, bind.types, bind.format) {}
  RowText rows;
  std::string text;
};

std::string Compress(std::string_view text, formats::Compression compression) {
  switch (compression) {
    case formats::Compression::kGzip: return codec::GzipCompress(text);
    case formats::Compression::kZstd: {
      std::string out(ZSTD_compressBound(text.size()), '\0');
      const size_t size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), ZSTD_CLEVEL_DEFAULT);
      if (ZSTD_isError(size) != 0) throw duckdb::IOException("zstd: %s", ZSTD_getErrorName(size));
      out.resize(size);
      return out;
    }
    case formats::Compression::kNone:
    case formats::Compression::kSnappy:
    case formats::Compression::kLz4: break;
  }
  return std::string(text);
}

// Each piece is a member, or a frame, of its own: one behind the other they are one text.
void Flush(const LinesBind& bind, LinesFile& file, LinesWriter& writer) {
  if (writer.text.empty()) return;
  std::string bytes = Compress(writer.text, bind.format.compression);
  writer.text.clear();
  const std::lock_guard lock(file.mutex);
  file.handle->Write(bytes.data(), bytes.size());
}

duckdb::unique_ptr<duckdb::FunctionData> BindLines(duckdb::ClientContext& client,
                                                   duckdb::CopyFunctionBindInput& /*input*/,
                                                   const duckdb::vector<std::string>& names,
                                                   const duckdb::vector<duckdb::LogicalType>& /*types*/) {
  const OutputState& state = StateOf(client);
  std::vector<sql::Type> types;
  for (size_t i = 0; i < names.size(); ++i) types.push_back(state.columns[i].type);
  return duckdb::make_uniq<LinesBind>(std::vector<std::string>(names.begin(), names.end()), std::move(types),
                                      state.output.format);
}

duckdb::unique_ptr<duckdb::GlobalFunctionData> BeginLines(duckdb::ClientContext& client, duckdb::FunctionData& /*bind*/,
                                                          const std::string& path) {
  auto file = duckdb::make_uniq<LinesFile>();
  const auto flags = duckdb::FileFlags::FILE_FLAGS_WRITE | duckdb::FileFlags::FILE_FLAGS_FILE_CREATE_NEW;
  file->handle = duckdb::FileSystem::GetFileSystem(client).OpenFile(path, flags);
  return file;
}

duckdb::unique_ptr<duckdb::LocalFunctionData> BeginWriter(duckdb::ExecutionContext& /*context*/,
                                                          duckdb::FunctionData& bind) {
  return duckdb::make_uniq<LinesWriter>(bind.Cast<LinesBind>());
}

void WriteLines(duckdb::ExecutionContext& /*context*/, duckdb::FunctionData& bind, duckdb::GlobalFunctionData& global,
                duckdb::LocalFunctionData& local, duckdb::DataChunk& input) {
  auto& writer = local.Cast<LinesWriter>();
  std::vector<duckdb::RecursiveUnifiedVectorFormat> columns(input.ColumnCount());
  for (size_t i = 0; i < columns.size(); ++i) {
    duckdb::Vector::RecursiveToUnifiedFormat(input.data[i], input.size(), columns[i]);
  }
  for (duckdb::idx_t row = 0; row < input.size(); ++row) {
    writer.rows.Append(columns, row, writer.text);
    if (writer.text.size() >= kFlushBytes) Flush(bind.Cast<LinesBind>(), global.Cast<LinesFile>(), writer);
  }
}

void EndWriter(duckdb::ExecutionContext& /*context*/, duckdb::FunctionData& bind, duckdb::GlobalFunctionData& global,
               duckdb::LocalFunctionData& local) {
  Flush(bind.Cast<LinesBind>(), global.Cast<LinesFile>(), local.Cast<LinesWriter>());
}

void EndLines(duckdb::ClientContext& /*client*/, duckdb::FunctionData& /*bind*/, duckdb::GlobalFunctionData& global) {
  global.Cast<LinesFile>().handle->Close();
}

duckdb::CopyFunctionExecutionMode ModeOfLines(bool /*keeps_order*/, bool /*has_batches*/) {
  return duckdb::CopyFunctionExecutionMode::PARALLEL_COPY_TO_FILE;
}

// ---- The statement -----------------------------------------------------------------------------------------------

std::string FormatSql(const formats::WriteFormat& format) {
  if (!std::holds_alternative<formats::ParquetFormat>(format.form)) return fmt::format("FORMAT {}", kFormat);
  constexpr std::string_view kCodecs[] = {"uncompressed", "gzip", "snappy", "zstd", "lz4_raw"};
  return fmt::format("FORMAT parquet, COMPRESSION {}", kCodecs[static_cast<size_t>(format.compression)]);
}

std::string CopySql(const sql::Translation& translation, const TableOutput& output) {
  std::string columns;
  std::string aliases;
  std::string keys;
  const size_t first_key = output.names.size() - output.partition_keys;
  for (size_t i = 0; i < output.names.size(); ++i) {
    const std::string name = sql::QuoteIdentifier(output.names[i]);
    columns += fmt::format("{}c{} AS {}", i == 0 ? "" : ", ", i, name);
    aliases += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
    if (i >= first_key) keys += (keys.empty() ? "" : ", ") + name;
  }
  std::string sql =
      fmt::format("COPY (SELECT {} FROM ({}) AS result({})) TO '{}{}' ({}", columns, translation.engine_sql, aliases,
                  kFolder, keys.empty() ? "data" : kPartitions, FormatSql(output.format));
  if (keys.empty()) return sql + ", USE_TMP_FILE false)";
  return sql + fmt::format(", PARTITION_BY ({}), OVERWRITE_OR_IGNORE true)", keys);
}

}  // namespace

void RegisterOutputFiles(duckdb::DatabaseInstance& database) {
  duckdb::FileSystem::GetFileSystem(database).RegisterSubSystem(duckdb::make_uniq<OutputFileSystem>());
  duckdb::DBConfig::GetConfig(database).AddAllowedDirectory(std::string(kFolder));
  duckdb::CopyFunction lines{std::string(kFormat)};
  lines.copy_to_bind = BindLines;
  lines.copy_to_initialize_global = BeginLines;
  lines.copy_to_initialize_local = BeginWriter;
  lines.copy_to_sink = WriteLines;
  lines.copy_to_combine = EndWriter;
  lines.copy_to_finalize = EndLines;
  lines.execution_mode = ModeOfLines;
  duckdb::CreateCopyFunctionInfo info(std::move(lines));
  info.internal = true;
  duckdb::Catalog::GetSystemCatalog(database).CreateCopyFunction(
      duckdb::CatalogTransaction::GetSystemTransaction(database), info);
}

Result<uint64_t> WriteTable(duckdb::Connection& connection, const sql::Translation& translation,
                            const TableOutput& output, OutputFolder& folder, QueryScans& scans) {
  auto& states = *connection.context->registered_state;
  states.Insert(kStateName, duckdb::make_shared_ptr<OutputState>(output, translation.columns, folder, scans));
  auto rows = CopyRows(connection, CopySql(translation, output), scans);
  states.Remove(kStateName);
  return rows;
}

}  // namespace opentrail::engine
