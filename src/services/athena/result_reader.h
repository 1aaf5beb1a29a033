#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "engine/engine.h"
#include "http/message.h"

namespace opentrail::services::athena {

enum class ResultForm : uint8_t {
  kCsv,    // as engine::AppendCsvLine writes it
  kLines,  // a value a line
};

// Reads a result's rows back. One thread.
class ResultReader {
 public:
  // A page ends when its rows have so many bytes.
  static constexpr uint64_t kMaxPageBytes = 32UL << 20;

  // nullptr: nothing follows.
  ResultReader(std::unique_ptr<http::BodySource> source, ResultForm form) : source_(std::move(source)), form_(form) {}

  // The next row; empty at the end. Error: the bytes cannot be had. What is no result gives rows of what it has.
  Result<engine::Row> Next();
  // Bytes of the rows given.
  [[nodiscard]] uint64_t consumed() const { return consumed_; }
  [[nodiscard]] bool IsFull() const { return consumed_ >= kMaxPageBytes; }

 private:
  // Makes the buffer longer. False: nothing follows.
  Result<bool> Fill();
  // The length of the row at the front of the buffer, with its line end; 0: the buffer holds no whole one.
  [[nodiscard]] size_t RowLength() const;

  std::unique_ptr<http::BodySource> source_;
  ResultForm form_;
  std::string buffer_;  // read, but not yet given
  size_t at_ = 0;       // of the first byte not yet given
  bool is_end_ = false;
  uint64_t consumed_ = 0;
};

}  // namespace opentrail::services::athena
