#include "engine/csv_rows.h"

#include <algorithm>
#include <utility>

#include "engine/csv_text.h"

namespace opentrail::engine {
namespace {

bool MayHoldQuotes(const sql::Type& type) {
  using sql::TypeKind;
  const TypeKind kind = type.kind();
  return kind == TypeKind::kVarchar || kind == TypeKind::kChar || kind == TypeKind::kJson || !type.arguments().empty();
}

}  // namespace

CsvRows::CsvRows(const std::vector<sql::OutputColumn>& columns) : columns_(columns) {
  for (const sql::OutputColumn& column : columns) may_hold_quotes_.push_back(MayHoldQuotes(column.type));
}

void CsvRows::Take(duckdb::unique_ptr<duckdb::DataChunk> chunk) {
  chunk_ = std::move(chunk);
  row_ = 0;
  values_.clear();
  values_.resize(columns_.size());
  for (size_t i = 0; i < columns_.size(); ++i) {
    duckdb::Vector::RecursiveToUnifiedFormat(chunk_->data[i], chunk_->size(), values_[i]);
  }
}

size_t CsvRows::Append(size_t enough_bytes, std::string& out) {
  const duckdb::idx_t first = row_;
  const duckdb::idx_t end = chunk_->size();
  for (; row_ < end && out.size() < enough_bytes; ++row_) {
    for (size_t column = 0; column < columns_.size(); ++column) {
      if (column > 0) out += ',';
      AppendValue(column, out);
    }
    out += '\n';
  }
  return row_ - first;
}

void CsvRows::AppendValue(size_t column, std::string& out) {
  const size_t begin = out.size();
  out += '"';
  if (!renderer_.Render(columns_[column].type, values_[column], row_, out)) return out.resize(begin);
  if (may_hold_quotes_[column]) DoubleQuotes(out, begin + 1);
  out += '"';
}

}  // namespace opentrail::engine
