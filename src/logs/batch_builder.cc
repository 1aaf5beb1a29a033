#include "logs/batch_builder.h"

#include <algorithm>

#include "codec/utf8.h"
#include "logs/log_path.h"

namespace opentrail::logs {
namespace {

constexpr size_t kMaxBatchBytes = 32UL << 20;  // held by one batch, before it is passed on unfilled
constexpr size_t kMaxKeptBytes = 8UL << 20;    // of one buffer: a larger one would outlive its use
constexpr size_t kKeepDivisor = 4;             // a text is kept where a quarter of it or more was asked for

bool IsWithin(std::string_view value, std::string_view text) {
  return value.data() >= text.data() && value.data() < text.data() + text.size();
}

}  // namespace

PredicateFilter::PredicateFilter(const ScanRequest& request) {
  for (const Predicate& predicate : request.predicates) {
    auto field = std::ranges::find(request.fields, predicate.field);
    if (field == request.fields.end() || predicate.field.starts_with('$')) continue;
    // Bytes that are no UTF-8 become U+FFFD only once the row is kept.
    auto has_replacement = [](const std::string& value) { return value.find("\xEF\xBF\xBD") != std::string::npos; };
    if (std::ranges::any_of(predicate.values, has_replacement)) continue;
    tests_.push_back({static_cast<size_t>(field - request.fields.begin()), &predicate});
  }
}

bool PredicateFilter::Passes(const RowTarget& target) const {
  return std::ranges::all_of(tests_, [&](const Test& test) {
    return PassesPredicate(target.columns[test.column][target.row], *test.predicate);
  });
}

BatchBuilder::BatchBuilder(std::span<const std::string> fields) : width_(fields.size()) {
  for (size_t column = 0; column < width_; ++column) {
    if (fields[column].starts_with('$')) {
      file_columns_.push_back({column, fields[column], {}});
    } else {
      json_columns_.push_back(column);
    }
  }
  Begin();
}

void BatchBuilder::Begin() {
  memory_ = std::make_shared<Memory>();
  batch_ = {};
  batch_.columns.resize(width_);
  target_.columns.assign(width_, nullptr);
  for (ColumnVector& column : batch_.columns) column.values.resize(kBatchRows);
  for (size_t column : json_columns_) target_.columns[column] = batch_.columns[column].values.data();
  target_.row = 0;
  target_.arena = &memory_->arena;
  sealed_ = 0;
  last_sealed_ = 0;
  has_file_texts_ = false;
}

void BatchBuilder::BeginFile(const LogFile& file) {
  file_ = &file;
  has_file_texts_ = false;
}

BatchBuilder::Sealed BatchBuilder::Seal(const ScannedText& scanned) {
  size_t first = sealed_;
  size_t end = target_.row;
  if (first == end) return {};
  if (!file_columns_.empty()) FillFileColumns(first, end);
  if (scanned.has_invalid_utf8) RepairUtf8(first, end);
  bool keeps_text = Keep(scanned, first, end);
  batch_.rows = end;
  sealed_ = end;
  last_sealed_ = first;
  return {end - first, keeps_text};
}

void BatchBuilder::FillFileColumns(size_t first, size_t end) {
  if (!has_file_texts_) {
    PathFacts facts = ParsePath(file_->path);
    for (FileColumn& column : file_columns_) {
      std::string room;
      std::string_view text = FileFieldText(*file_, facts, column.name, room);
      column.text = text.data() == nullptr ? text : memory_->arena.Copy(text);
    }
    has_file_texts_ = true;
  }
  for (const FileColumn& column : file_columns_) {
    auto& values = batch_.columns[column.column].values;
    std::fill(values.begin() + static_cast<ptrdiff_t>(first), values.begin() + static_cast<ptrdiff_t>(end),
              column.text);
  }
}

void BatchBuilder::RepairUtf8(size_t first, size_t end) {
  for (size_t column : json_columns_) {
    std::string_view* values = target_.columns[column];
    for (size_t row = first; row < end; ++row) {
      if (codec::IsValidUtf8(values[row])) continue;
      values[row] = memory_->arena.Copy(codec::ReplaceInvalidUtf8(values[row]));
    }
  }
}

size_t BatchBuilder::TextBytes(size_t first, size_t end) const {
  size_t bytes = 0;
  for (size_t column : json_columns_) {
    const std::string_view* values = target_.columns[column];
    for (size_t row = first; row < end; ++row) bytes += values[row].size();
  }
  return bytes;
}

// Keeps the text's buffer where that is worth it, else copies. True: kept.
bool BatchBuilder::Keep(const ScannedText& scanned, size_t first, size_t end) {
  const std::shared_ptr<TextBuffer>& buffer = scanned.buffer;
  bool is_worth_keeping =
      buffer && buffer->capacity <= kMaxKeptBytes && TextBytes(first, end) >= scanned.scanned / kKeepDivisor;
  if (!is_worth_keeping) {
    Copy(scanned.text, first, end);
  } else if (memory_->buffers.empty() || memory_->buffers.back() != buffer) {
    memory_->buffers.push_back(buffer);
    memory_->buffer_bytes += buffer->capacity;
  }
  return is_worth_keeping;
}

void BatchBuilder::Copy(std::string_view text, size_t first, size_t end) {
  for (size_t column : json_columns_) {
    std::string_view* values = target_.columns[column];
    for (size_t row = first; row < end; ++row) {
      if (IsWithin(values[row], text)) values[row] = memory_->arena.Copy(values[row]);
    }
  }
}

bool BatchBuilder::IsFull() const {
  return target_.row >= kBatchRows || memory_->buffer_bytes + memory_->arena.Capacity() > kMaxBatchBytes;
}

ColumnBatch BatchBuilder::Take() {
  for (ColumnVector& column : batch_.columns) column.values.resize(batch_.rows);
  batch_.owner = std::move(memory_);
  ColumnBatch taken = std::move(batch_);
  Begin();
  return taken;
}

}  // namespace opentrail::logs
