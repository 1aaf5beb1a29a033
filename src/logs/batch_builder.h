#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "logs/column_batch.h"
#include "logs/document_scanner.h"
#include "logs/log_file.h"
#include "logs/scan.h"
#include "logs/text_buffer.h"

namespace opentrail::logs {

// Tells the rows that fail a scan's predicates on fields that it delivers. Thread-safe.
class PredicateFilter final : public RowFilter {
 public:
  // `request` must outlive the filter.
  explicit PredicateFilter(const ScanRequest& request);
  [[nodiscard]] bool Passes(const RowTarget& target) const override;
  [[nodiscard]] bool IsEmpty() const { return tests_.empty(); }

 private:
  struct Test {
    size_t column;
    const Predicate* predicate;
  };
  std::vector<Test> tests_;
};

// Gathers the rows of one file after the other into batches. Belongs to one thread.
class BatchBuilder {
 public:
  explicit BatchBuilder(std::span<const std::string> fields);

  // A file's rows begin: `file` must stay until they end.
  void BeginFile(const LogFile& file);
  // Where the scanner puts rows: from row Target().row to kBatchRows.
  [[nodiscard]] RowTarget& Target() { return target_; }
  // Makes the rows since the last Seal independent of the scanner's text: bytes that are no UTF-8 become U+FFFD, and
  // strings that point into the text are copied, or, where they are much of what was read, its buffer is kept.
  struct ScannedText {
    std::string_view text;
    size_t scanned = 0;                  // bytes of it that the rows were read from
    std::shared_ptr<TextBuffer> buffer;  // shared, to be kept; nullptr: will be written over
    bool has_invalid_utf8 = true;
  };
  struct Sealed {
    size_t rows = 0;
    bool keeps_text = false;  // the buffer must not be written over
  };
  Sealed Seal(const ScannedText& scanned);
  // The batch as sealed so far, and the first of the rows that the last Seal sealed.
  [[nodiscard]] const ColumnBatch& Batch() const { return batch_; }
  [[nodiscard]] size_t LastSealed() const { return last_sealed_; }

  [[nodiscard]] bool IsEmpty() const { return target_.row == 0; }
  // Full, or holds so much memory that it should be passed on.
  [[nodiscard]] bool IsFull() const;
  ColumnBatch Take();

 private:
  struct Memory {
    Arena arena;
    std::vector<std::shared_ptr<TextBuffer>> buffers;  // shared with the reader and with the batches before and after
    size_t buffer_bytes = 0;
  };
  struct FileColumn {
    size_t column;
    std::string name;
    std::string_view text;  // of the current file; in the arena
  };

  void Begin();
  void FillFileColumns(size_t first, size_t end);
  void RepairUtf8(size_t first, size_t end);
  bool Keep(const ScannedText& scanned, size_t first, size_t end);
  void Copy(std::string_view text, size_t first, size_t end);
  [[nodiscard]] size_t TextBytes(size_t first, size_t end) const;

  size_t width_;
  std::vector<size_t> json_columns_;
  std::vector<FileColumn> file_columns_;
  const LogFile* file_ = nullptr;
  bool has_file_texts_ = false;

  ColumnBatch batch_;
  std::shared_ptr<Memory> memory_;  // shared: becomes the batch's owner
  RowTarget target_;
  size_t sealed_ = 0;
  size_t last_sealed_ = 0;
};

}  // namespace opentrail::logs
