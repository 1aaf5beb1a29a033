#include "services/athena/result_reader.h"

#include <algorithm>
#include <string_view>

namespace opentrail::services::athena {
namespace {

constexpr size_t kReadBytes = 64UL << 10;

// A line of CSV, without its line end, into values.
engine::Row SplitCsv(std::string_view line) {
  engine::Row row;
  size_t at = 0;
  for (;;) {
    auto& value = row.emplace_back();
    if (at < line.size() && line[at] == '"') {
      value.emplace();
      for (++at; at < line.size(); ++at) {
        if (line[at] == '"' && (at + 1 >= line.size() || line[at + 1] != '"')) break;
        if (line[at] == '"') ++at;
        *value += line[at];
      }
      ++at;
    }
    if (at >= line.size() || line[at] != ',') return row;
    ++at;
  }
}

}  // namespace

Result<bool> ResultReader::Fill() {
  if (is_end_ || !source_) return false;
  buffer_.erase(0, at_);
  at_ = 0;
  const size_t kept = buffer_.size();
  const size_t wanted = std::max(kReadBytes, kept);  // a long row is not searched again and again
  buffer_.resize(kept + wanted);
  const int64_t got = source_->Read(buffer_.data() + kept, wanted);
  buffer_.resize(kept + static_cast<size_t>(std::max<int64_t>(got, 0)));
  if (got < 0) return MakeError(ErrorCode::kIo, "the result cannot be read");
  is_end_ = got == 0;
  return got > 0;
}

size_t ResultReader::RowLength() const {
  bool quoted = false;
  for (size_t i = at_; i < buffer_.size(); ++i) {
    if (buffer_[i] == '"' && form_ == ResultForm::kCsv) quoted = !quoted;
    if (buffer_[i] == '\n' && !quoted) return i + 1 - at_;
  }
  return 0;
}

Result<engine::Row> ResultReader::Next() {
  size_t length = RowLength();
  while (length == 0) {
    const auto more = Fill();
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    length = RowLength();
  }
  if (length == 0) length = buffer_.size() - at_;  // the last line of a text has no end
  if (length == 0) return engine::Row();
  std::string_view line = std::string_view(buffer_).substr(at_, length);
  if (line.ends_with('\n')) line.remove_suffix(1);
  engine::Row row = form_ == ResultForm::kCsv ? SplitCsv(line) : engine::Row{std::string(line)};
  at_ += length;
  consumed_ += length;
  return row;
}

}  // namespace opentrail::services::athena
