#include "logs/file_reader.h"

#include <string_view>

#include "codec/utf8.h"
#include "logs/json_text.h"

namespace opentrail::logs {
namespace {

// Whether a text ends as a log does. One that does not is read even where no needle is in it, so that it is named.
bool EndsWhole(const FileText::Part& part) {
  size_t end = part.size;
  while (end > 0 && IsJsonSpace(part.data[end - 1])) --end;
  return end > 0 && (part.data[end - 1] == '}' || part.data[end - 1] == ']');
}

}  // namespace

FileReader::FileReader(FileScan& scan)
    : scan_(scan),
      room_(scan.Pool()),
      text_(scan.Source().limits, room_, scan.Source().store.get()),
      tree_(scan.Request().fields),
      scanner_(tree_, scan.Source().limits.max_depth),
      builder_(scan.Request().fields),
      sink_(scan.NewSink()) {}

Result<ColumnBatch> FileReader::Next() {
  if (scan_.Cancel().IsCancelled()) return MakeError(ErrorCode::kCancelled, "cancelled");
  if (has_runs_) {
    Result<ColumnBatch> batch = NextOfRuns();
    if (!batch || batch->rows > 0) return batch;
    has_runs_ = false;
  }
  while (!builder_.IsFull()) {
    if (file_ == nullptr) {
      if (scan_.Cancel().IsCancelled()) return MakeError(ErrorCode::kCancelled, "cancelled");
      std::optional<uint32_t> next = scan_.TakeFile();
      if (!next) {
        sink_.reset();  // it writes what it holds, each reader in its own thread
        break;
      }
      if (Status status = OpenFile(*next); !status) return std::unexpected(std::move(status.error()));
    } else if (Status status = ScanPart(); !status) {
      return std::unexpected(std::move(status.error()));
    }
  }
  return builder_.IsEmpty() ? ColumnBatch() : builder_.Take();
}

Result<ColumnBatch> FileReader::NextOfRuns() {
  for (;;) {
    if (!run_) run_ = scan_.TakeRun();
    if (!run_) return ColumnBatch();
    std::vector<uint32_t> unusable;
    Result<ColumnBatch> batch = run_->Next(unusable);
    for (uint32_t file : unusable) scan_.Return(file);
    if (!batch) return batch;
    if (batch->rows > 0) {
      scan_.Statistics().events += batch->rows;
      return batch;
    }
    run_.reset();
  }
}

Status FileReader::OpenFile(uint32_t index) {
  const LogFile& file = scan_.File(index);
  file_ = &file;
  part_ = {};
  was_skipped_ = false;
  is_faulty_ = false;
  builder_.BeginFile(file);
  scanner_.BeginFile();
  bool is_open = text_.Open(file);
  if (sink_) sink_->Begin(index, file, text_.Content());
  return is_open ? NextPart() : EndFile();
}

// Makes the next part the one to scan; ends the file where there is none.
Status FileReader::NextPart() {
  part_ = text_.Next(scanner_.ResumeAt());
  if (part_.data == nullptr) return EndFile();
  sealed_at_ = 0;
  part_is_utf8_.reset();
  bool may_skip = false;
  const NeedleSearch* search = SearchFor(part_, may_skip);
  if (may_skip) {
    was_skipped_ = true;
    return EndFile();
  }
  scanner_.BeginPart(part_.data, part_.size, part_.is_last, search);
  return {};
}

// `may_skip`: the part is the whole text, and holds no needle.
const NeedleSearch* FileReader::SearchFor(const FileText::Part& part, bool& may_skip) const {
  if (scan_.Needles() == nullptr) return nullptr;
  const NeedleSearch* search = scan_.Needles()->SearchFor(part.data, part.size);
  bool is_whole = part.offset == 0 && part.is_last;
  may_skip = search != nullptr && is_whole && EndsWhole(part) && search->Find(part.data, 0, part.size) == part.size;
  return search;
}

Status FileReader::ScanPart() {
  DocumentScanner::Outcome outcome = scanner_.Run(builder_.Target(), kBatchRows, scan_.Filter());
  Seal();
  if (std::optional<TextFault> minor = scanner_.TakeMinorFault()) {
    if (Status status = AddTextFault(*minor); !status) return status;
  }
  return EndPart(outcome);
}

Status FileReader::EndPart(DocumentScanner::Outcome outcome) {
  switch (outcome) {
    case DocumentScanner::Outcome::kRowsFull: return {};
    case DocumentScanner::Outcome::kPartEnd: return NextPart();
    case DocumentScanner::Outcome::kFault:
      if (Status status = AddTextFault(scanner_.Fault()); !status) return status;
      return EndFile();
    case DocumentScanner::Outcome::kFileEnd: return EndFile();
  }
  return {};
}

void FileReader::Seal() {
  BatchBuilder::ScannedText scanned;
  scanned.text = {reinterpret_cast<const char*>(part_.data), part_.size};
  scanned.scanned = scanner_.ResumeAt() - sealed_at_;
  scanned.has_invalid_utf8 = scanner_.HasNonAscii() && !IsPartUtf8();
  if (part_.is_last && part_.offset == 0) scanned.buffer = room_.Buffer();  // other parts are written over
  sealed_at_ = scanner_.ResumeAt();
  BatchBuilder::Sealed sealed = builder_.Seal(scanned);
  if (sealed.rows == 0) return;
  if (sealed.keeps_text) room_.Keep();
  scan_.Statistics().events += sealed.rows;
  if (sink_) sink_->Rows(builder_.Batch(), builder_.LastSealed(), sealed.rows);
}

// A text that is UTF-8 as a whole holds no string that is not.
bool FileReader::IsPartUtf8() {
  if (!part_is_utf8_) part_is_utf8_ = codec::IsValidUtf8({reinterpret_cast<const char*>(part_.data), part_.size});
  return *part_is_utf8_;
}

Status FileReader::EndFile() {
  ScanStatistics& statistics = scan_.Statistics();
  ++statistics.files_done;
  statistics.bytes_done += file_->size;
  statistics.bytes_inflated += text_.BytesInflated();
  statistics.values_skipped += scanner_.ValuesSkipped();
  Status status;
  if (text_.Fault()) status = AddFault(text_.Fault()->offset, text_.Fault()->message);
  bool is_log = scanner_.IsLog() || was_skipped_ || is_faulty_;
  if (!is_log) statistics.AddFileWithoutEvents(file_->path);
  bool is_whole = !is_faulty_ && is_log && scanner_.ValuesSkipped() == 0;
  if (sink_) sink_->End(is_whole ? FileColumnsSink::Outcome::kWhole : FileColumnsSink::Outcome::kFaulty);
  file_ = nullptr;
  return status;
}

Status FileReader::AddTextFault(const TextFault& fault) { return AddFault(part_.offset + fault.offset, fault.message); }

Status FileReader::AddFault(uint64_t offset, std::string message) {
  is_faulty_ = true;
  scan_.Statistics().AddFault({file_->path, offset, message});
  if (!scan_.Source().strict) return {};
  return MakeError(ErrorCode::kCorrupt, "{}: at byte {}: {}", file_->path, offset, message);
}

}  // namespace opentrail::logs
