#include "engine/csv_text.h"

namespace opentrail::engine {

void DoubleQuotes(std::string& out, size_t begin) {
  const size_t first = out.find('"', begin);
  if (first == std::string::npos) return;
  const std::string rest = out.substr(first);
  out.resize(first);
  for (const char c : rest) {
    if (c == '"') out += '"';
    out += c;
  }
}

void AppendCsvLine(std::string& out, const Row& row) {
  for (const auto& value : row) {
    if (&value != row.data()) out += ',';
    if (!value) continue;
    out += '"';
    const size_t begin = out.size();
    out += *value;
    DoubleQuotes(out, begin);
    out += '"';
  }
  out += '\n';
}

Result<size_t> QueryResult::NextCsv(size_t /*enough_bytes*/, std::string& out) {
  const auto rows = Next();
  if (!rows) return std::unexpected(rows.error());
  for (const Row& row : *rows) AppendCsvLine(out, row);
  return rows->size();
}

}  // namespace opentrail::engine
