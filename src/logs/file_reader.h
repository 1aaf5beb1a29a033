#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "logs/batch_builder.h"
#include "logs/document_scanner.h"
#include "logs/field_tree.h"
#include "logs/file_batches.h"
#include "logs/file_scan.h"
#include "logs/file_text.h"
#include "logs/text_buffer.h"

namespace opentrail::logs {

// One worker of a FileScan: takes runs, then files, and fills batches that may span files.
class FileReader final : public Scan::Reader {
 public:
  explicit FileReader(FileScan& scan);
  Result<ColumnBatch> Next() override;

 private:
  Result<ColumnBatch> NextOfRuns();
  // Each of these fails only under `strict`.
  Status OpenFile(uint32_t index);
  Status ScanPart();
  Status NextPart();
  Status EndPart(DocumentScanner::Outcome outcome);
  Status EndFile();
  void Seal();
  bool IsPartUtf8();
  [[nodiscard]] const NeedleSearch* SearchFor(const FileText::Part& part, bool& may_skip) const;
  Status AddFault(uint64_t offset, std::string message);
  Status AddTextFault(const TextFault& fault);

  FileScan& scan_;
  TextRoom room_;
  FileText text_;
  FieldTree tree_;
  DocumentScanner scanner_;
  BatchBuilder builder_;
  std::unique_ptr<FileColumnsSink> sink_;
  std::unique_ptr<BatchRun> run_;
  bool has_runs_ = true;

  const LogFile* file_ = nullptr;  // nullptr: between files
  FileText::Part part_;
  std::optional<bool> part_is_utf8_;  // once it was asked
  size_t sealed_at_ = 0;              // in the part: where the rows of the last Seal ended
  bool was_skipped_ = false;          // some part was not scanned, for it held no needle
  bool is_faulty_ = false;
};

}  // namespace opentrail::logs
