#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "engine/engine.h"
#include "sql/translate.h"

namespace opentrail::cli {

enum class OutputFormat : uint8_t { kTable, kCsv, kJson, kJsonl, kParquet };

// "table", "csv", "json", "jsonl", "parquet".
[[nodiscard]] std::optional<OutputFormat> ParseOutputFormat(std::string_view name);

// Writes a result as it comes. csv is as Athena writes its result files (every value quoted, NULL as nothing); json is
// one array, jsonl one object a line, with numbers, booleans and json columns as JSON values and the rest as text;
// table is for people: widths from the first rows, control characters escaped. On a terminal, they are escaped in csv,
// json and jsonl, too. Belongs to one thread.
class ResultWriter {
 public:
  virtual ~ResultWriter() = default;
  virtual void Begin(const std::vector<sql::OutputColumn>& columns) = 0;
  // False: no more can be written (a full disk, a closed pipe). End() says why.
  [[nodiscard]] virtual bool Write(const std::vector<engine::Row>& rows) = 0;
  // Ends the output. Says with which error writing failed, had it failed.
  [[nodiscard]] virtual std::error_code End() = 0;
  // Instead of End(), where the statement failed: the rows that were written stay, and nothing makes them look like a
  // whole result (a count, the bracket that closes json). Where there was no row, nothing is written.
  virtual void Abandon() = 0;
};

// out must outlive the writer. Not for kParquet, which the engine writes itself.
[[nodiscard]] std::unique_ptr<ResultWriter> NewResultWriter(OutputFormat format, std::FILE* out);

}  // namespace opentrail::cli
