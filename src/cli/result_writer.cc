#include "cli/result_writer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include <fmt/format.h>

#include "cli/terminal.h"
#include "codec/json.h"
#include "engine/csv_text.h"

namespace opentrail::cli {
namespace {

using engine::Row;
using sql::OutputColumn;
using sql::TypeKind;

bool IsNumber(TypeKind kind) {
  static constexpr std::array kNumbers = {TypeKind::kTinyint, TypeKind::kSmallint, TypeKind::kInteger,
                                          TypeKind::kBigint,  TypeKind::kReal,     TypeKind::kDouble,
                                          TypeKind::kDecimal};
  return std::find(kNumbers.begin(), kNumbers.end(), kind) != kNumbers.end();
}

Row PrintableRow(const Row& row) {
  Row printable = row;
  for (auto& value : printable) {
    if (value) value = Printable(*value);
  }
  return printable;
}

class Writer : public ResultWriter {
 public:
  explicit Writer(std::FILE* out) : out_(out), is_terminal_(IsTerminal(out)) {}

  bool Write(const std::vector<Row>& rows) override {
    has_rows_ = has_rows_ || !rows.empty();
    Append(rows);
    Flush();
    return !failure_;
  }

  std::error_code End() override {
    Finish();
    Flush();
    if (std::fflush(out_) != 0) NoteFailure();
    return failure_;
  }

  void Abandon() override {
    if (!has_rows_) return;
    BreakOff();
    Flush();
    (void)std::fflush(out_);  // what is told is the failure before it
  }

 protected:
  virtual void Append(const std::vector<Row>& rows) = 0;
  virtual void Finish() {}
  virtual void BreakOff() {}

  [[nodiscard]] bool is_terminal() const { return is_terminal_; }

  std::string text_;

 private:
  void Flush() {
    if (std::fwrite(text_.data(), 1, text_.size(), out_) != text_.size()) NoteFailure();
    text_.clear();
  }

  void NoteFailure() {
    if (!failure_) failure_ = std::error_code(errno, std::generic_category());
  }

  std::FILE* out_;
  bool is_terminal_;
  bool has_rows_ = false;
  std::error_code failure_;
};

class CsvWriter final : public Writer {
 public:
  using Writer::Writer;

  void Begin(const std::vector<OutputColumn>& columns) override {
    Row header;
    for (const OutputColumn& column : columns) header.emplace_back(column.name);
    AppendLine(header);
  }

 private:
  void Append(const std::vector<Row>& rows) override {
    for (const Row& row : rows) AppendLine(row);
  }

  void AppendLine(const Row& row) { engine::AppendCsvLine(text_, is_terminal() ? PrintableRow(row) : row); }
};

class JsonWriter final : public Writer {
 public:
  JsonWriter(std::FILE* out, bool lines) : Writer(out), lines_(lines) {}

  void Begin(const std::vector<OutputColumn>& columns) override {
    columns_ = columns;
    if (!lines_) text_ += '[';
  }

 private:
  void Append(const std::vector<Row>& rows) override {
    for (const Row& row : rows) {
      if (!lines_) text_ += first_ ? "\n" : ",\n";
      first_ = false;
      AppendObject(row);
      if (lines_) text_ += '\n';
    }
  }

  void Finish() override {
    if (!lines_) text_ += first_ ? "]\n" : "\n]\n";
  }

  void BreakOff() override {
    if (!lines_) text_ += '\n';
  }

  void AppendObject(const Row& row) {
    text_ += '{';
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text_ += ',';
      AppendString(columns_[i].name);
      text_ += ':';
      AppendValue(columns_[i].type.kind(), row[i]);
    }
    text_ += '}';
  }

  void AppendValue(TypeKind kind, const std::optional<std::string>& value) {
    const bool is_plain = value && (kind == TypeKind::kBoolean || kind == TypeKind::kJson ||
                                    (IsNumber(kind) && value->find_first_of("NI") == std::string::npos));
    if (!value) {
      text_ += "null";
    } else if (is_plain) {
      text_ += is_terminal() ? PrintableJson(*value) : *value;
    } else {
      AppendString(*value);  // NaN and Infinity too: JSON has no number for them
    }
  }

  void AppendString(std::string_view value) {
    std::string quoted;
    codec::AppendJsonString(quoted, value);
    text_ += is_terminal() ? PrintableJson(quoted) : quoted;
  }

  bool lines_;
  bool first_ = true;
  std::vector<OutputColumn> columns_;
};

// Widths come from the first rows; what comes later and is wider just pushes its line out.
class TableWriter final : public Writer {
 public:
  using Writer::Writer;

  void Begin(const std::vector<OutputColumn>& columns) override {
    for (const OutputColumn& column : columns) {
      header_.emplace_back(Printable(column.name));
      right_.push_back(IsNumber(column.type.kind()));
    }
  }

 private:
  static constexpr size_t kRowsMeasured = 1000;

  void Append(const std::vector<Row>& rows) override {
    for (const Row& row : rows) {
      ++count_;
      Row printable = PrintableRow(row);
      if (widths_.empty()) {
        waiting_.push_back(std::move(printable));
      } else {
        AppendLine(printable);
      }
    }
    if (waiting_.size() >= kRowsMeasured) Release();
  }

  void BreakOff() override { Release(); }

  void Finish() override {
    Release();
    text_ += fmt::format("({} row{})\n", Grouped(count_), count_ == 1 ? "" : "s");
  }

  void Release() {
    if (!widths_.empty()) return;
    widths_.resize(header_.size());
    for (size_t i = 0; i < header_.size(); ++i) {
      widths_[i] = DisplayWidth(*header_[i]);
      for (const Row& row : waiting_) widths_[i] = std::max(widths_[i], DisplayWidth(row[i].value_or("")));
    }
    AppendLine(header_);
    for (size_t i = 0; i < widths_.size(); ++i) text_ += (i > 0 ? "-+-" : "-") + std::string(widths_[i], '-');
    text_ += "-\n";
    for (const Row& row : waiting_) AppendLine(row);
    waiting_.clear();
  }

  void AppendLine(const Row& row) {
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string value = row[i].value_or("");
      const size_t width = DisplayWidth(value);
      const std::string padding(widths_[i] > width ? widths_[i] - width : 0, ' ');
      text_ += i > 0 ? " | " : " ";
      if (right_[i]) text_ += padding;
      text_ += value;
      if (!right_[i] && i + 1 < row.size()) text_ += padding;
    }
    text_ += '\n';
  }

  Row header_;
  std::vector<bool> right_;
  std::vector<Row> waiting_;
  std::vector<size_t> widths_;
  uint64_t count_ = 0;
};

}  // namespace

std::optional<OutputFormat> ParseOutputFormat(std::string_view name) {
  static constexpr std::pair<std::string_view, OutputFormat> kFormats[] = {{"table", OutputFormat::kTable},
                                                                           {"csv", OutputFormat::kCsv},
                                                                           {"json", OutputFormat::kJson},
                                                                           {"jsonl", OutputFormat::kJsonl},
                                                                           {"parquet", OutputFormat::kParquet}};
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
  }
  return std::nullopt;
}

std::unique_ptr<ResultWriter> NewResultWriter(OutputFormat format, std::FILE* out) {
  switch (format) {
    case OutputFormat::kCsv: return std::make_unique<CsvWriter>(out);
    case OutputFormat::kJson: return std::make_unique<JsonWriter>(out, false);
    case OutputFormat::kJsonl: return std::make_unique<JsonWriter>(out, true);
    case OutputFormat::kTable:
    case OutputFormat::kParquet: break;
  }
  return std::make_unique<TableWriter>(out);
}

}  // namespace opentrail::cli
