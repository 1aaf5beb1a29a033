#include "formats/line_scan.h"

#include <algorithm>
#include <cstring>

#include "codec/utf8.h"
#include "logs/batch_builder.h"
#include "logs/file_scan.h"
#include "logs/file_text.h"

namespace opentrail::formats {
namespace {

using logs::FileScan;

// One worker: takes files, one after the other, and fills batches that may span them.
class LineReader final : public logs::Scan::Reader {
 public:
  LineReader(FileScan& scan, const TableFormat& format, std::unique_ptr<RowReader> rows)
      : scan_(scan),
        format_(format),
        room_(scan.Pool()),
        text_(scan.Source().limits, room_, scan.Source().store.get()),
        rows_(std::move(rows)),
        builder_(scan.Request().fields) {}

  Result<logs::ColumnBatch> Next() override;

 private:
  // Each of these fails only under `strict`.
  Status OpenFile(const logs::LogFile& file);
  Status NextPart();
  Status ReadLines();
  Status EndFile();
  Status AddFault(uint64_t offset, std::string_view message);
  // [begin, end) of the line at position_, and where the next one begins; false: the part ends before the line does.
  bool FindLine(size_t& end, size_t& next) const;
  void DropFooter();
  Status ReadLine(size_t begin, size_t end);
  void Seal();

  FileScan& scan_;
  const TableFormat& format_;
  logs::TextRoom room_;
  logs::FileText text_;
  std::unique_ptr<RowReader> rows_;
  logs::BatchBuilder builder_;

  const logs::LogFile* file_ = nullptr;  // nullptr: between files
  logs::FileText::Part part_;
  size_t size_ = 0;       // of the part, its footer left out
  size_t position_ = 0;   // in the part: the next line
  size_t sealed_at_ = 0;  // in the part: where the rows of the last Seal ended
  uint32_t to_skip_ = 0;  // header lines still to come
};

Result<logs::ColumnBatch> LineReader::Next() {
  while (!builder_.IsFull()) {
    if (scan_.Cancel().IsCancelled()) return MakeError(ErrorCode::kCancelled, "cancelled");
    Status status;
    if (file_ == nullptr) {
      const std::optional<uint32_t> next = scan_.TakeFile();
      if (!next) break;
      status = OpenFile(scan_.File(*next));
    } else {
      status = ReadLines();
    }
    if (!status) return std::unexpected(std::move(status.error()));
  }
  return builder_.IsEmpty() ? logs::ColumnBatch() : builder_.Take();
}

Status LineReader::OpenFile(const logs::LogFile& file) {
  file_ = &file;
  part_ = {};
  position_ = 0;
  to_skip_ = format_.header_lines;
  builder_.BeginFile(file);
  return text_.Open(file) ? NextPart() : EndFile();
}

Status LineReader::NextPart() {
  part_ = text_.Next(position_);
  if (part_.data == nullptr) return EndFile();
  size_ = part_.size;
  position_ = 0;
  sealed_at_ = 0;
  if (part_.is_last) DropFooter();
  rows_->BeginText(part_.data, part_.size);
  return {};
}

void LineReader::DropFooter() {
  const std::string_view text(reinterpret_cast<const char*>(part_.data), part_.size);
  for (uint32_t line = 0; line < format_.footer_lines && size_ > 0; ++line) {
    const size_t last_end = size_ - (text[size_ - 1] == '\n' ? 1 : 0);
    const size_t before = last_end == 0 ? std::string_view::npos : text.rfind('\n', last_end - 1);
    size_ = before == std::string_view::npos ? 0 : before + 1;
  }
}

bool LineReader::FindLine(size_t& end, size_t& next) const {
  const auto find = [&](char c, size_t from, size_t to) {
    const void* found = std::memchr(part_.data + from, c, to - from);
    return found == nullptr ? to : static_cast<size_t>(static_cast<const uint8_t*>(found) - part_.data);
  };
  const size_t feed = find('\n', position_, size_);
  end = find('\r', position_, feed);  // a carriage return ends a line, too
  if (end == size_) {
    next = size_;
    return part_.is_last;
  }
  if (part_.data[end] == '\r' && end + 1 == size_ && !part_.is_last) return false;  // a line feed may follow it
  next = end + 1;
  if (part_.data[end] == '\r' && next < size_ && part_.data[next] == '\n') ++next;
  return true;
}

Status LineReader::ReadLines() {
  while (builder_.Target().row < logs::kBatchRows) {
    size_t end = 0;
    size_t next = 0;
    if (position_ >= size_ || !FindLine(end, next)) {
      Seal();
      if (part_.is_last) return EndFile();
      if (part_.size - position_ <= kMaxLineBytes) return NextPart();
      const Status status = AddFault(position_, "HIVE_BAD_DATA: Line too long in text file");
      return status ? EndFile() : status;
    }
    const size_t begin = position_;
    position_ = next;
    if (to_skip_ > 0) {
      --to_skip_;
      continue;
    }
    if (Status status = ReadLine(begin, end); !status) return status;
  }
  Seal();
  return {};
}

Status LineReader::ReadLine(size_t begin, size_t end) {
  logs::RowTarget& target = builder_.Target();
  const std::optional<logs::TextFault> fault = rows_->Read(begin, end, target);
  if (!fault && (scan_.Filter() == nullptr || scan_.Filter()->Passes(target))) {
    ++target.row;
    return {};
  }
  for (std::string_view* column : target.columns) {
    if (column != nullptr) column[target.row] = {};
  }
  return fault ? AddFault(fault->offset, "HIVE_CURSOR_ERROR: " + fault->message) : Status();
}

void LineReader::Seal() {
  logs::BatchBuilder::ScannedText scanned;
  scanned.text = {reinterpret_cast<const char*>(part_.data), part_.size};
  scanned.scanned = position_ - sealed_at_;
  if (part_.is_last && part_.offset == 0) scanned.buffer = room_.Buffer();  // other parts are written over
  sealed_at_ = position_;
  const logs::BatchBuilder::Sealed sealed = builder_.Seal(scanned);
  if (sealed.keeps_text) room_.Keep();
  scan_.Statistics().events += sealed.rows;
}

Status LineReader::EndFile() {
  logs::ScanStatistics& statistics = scan_.Statistics();
  ++statistics.files_done;
  statistics.bytes_done += file_->size;
  statistics.bytes_inflated += text_.BytesInflated();
  Status status;
  if (const auto& fault = text_.Fault()) {
    part_ = {};
    status = AddFault(fault->offset, fault->message);
  }
  file_ = nullptr;
  return status;
}

Status LineReader::AddFault(uint64_t offset, std::string_view message) {
  const uint64_t at = part_.offset + offset;
  scan_.Statistics().AddFault({file_->path, at, std::string(message)});
  if (!scan_.Source().strict) return {};
  const bool has_code = message.starts_with("HIVE_");
  return MakeError(ErrorCode::kCorrupt, "{}{} (in {} at byte {})", has_code ? "" : "HIVE_CURSOR_ERROR: ", message,
                   file_->path, at);
}

}  // namespace

Result<std::unique_ptr<logs::Scan>> OpenLineScan(const TableFormat& format, std::vector<LineColumn> columns,
                                                 const logs::LogSource& source, const logs::ScanRequest& request,
                                                 logs::ScanStatistics& statistics, const CancelToken& cancel) {
  // Once before the files are listed: what is wrong with the format is wrong for each reader.
  const auto first = MakeRowReader(format, columns, request.fields, source.limits.max_depth);
  if (!first) return std::unexpected(first.error());
  const auto make_reader = [format, columns = std::move(columns)](FileScan& scan) {
    auto rows = MakeRowReader(format, columns, scan.Request().fields, scan.Source().limits.max_depth);
    return std::make_unique<LineReader>(scan, format, *std::move(rows));
  };
  return logs::OpenFileScan(source, request, nullptr, statistics, cancel, make_reader);
}

}  // namespace opentrail::formats
