#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "codec/gzip.h"
#include "logs/file_store.h"
#include "logs/log_file.h"
#include "logs/scan.h"
#include "logs/text_buffer.h"

namespace opentrail::logs {

// The text of one log file after the other: plain, or compressed with gzip, Zstandard or bzip2, as its first bytes
// tell. A file is read and inflated whole; one too large for that, part by part in constant memory. Belongs to one
// thread.
class FileText {
 public:
  // Files that inflate to more than this, as far as their trailer tells, are read in parts.
  static constexpr uint64_t kMaxWholeBytes = 64UL << 20;
  static constexpr size_t kPartBytes = 8UL << 20;

  // `store`: where the files lie; nullptr: on the disk.
  FileText(const ReadLimits& limits, TextRoom& room, FileStore* store = nullptr);
  ~FileText();
  FileText(const FileText&) = delete;
  FileText& operator=(const FileText&) = delete;

  struct Part {
    const uint8_t* data = nullptr;
    size_t size = 0;
    uint64_t offset = 0;   // of data[0] in the file's text
    bool is_last = false;  // the text ends here as it should
  };

  // Begins a file. False: it cannot be read at all, see Fault().
  bool Open(const LogFile& file);
  // The file as stored; empty where it is read in parts.
  [[nodiscard]] std::span<const uint8_t> Content() const { return content_; }
  // The next part, which begins with what the last one had from `resume_at` on. No data: there is none, and unless the
  // last part was is_last, Fault() says why.
  Part Next(size_t resume_at);
  // What is wrong with the file's bytes, as opposed to its text.
  [[nodiscard]] const std::optional<ReadFault>& Fault() const { return fault_; }
  [[nodiscard]] uint64_t BytesInflated() const { return inflated_; }

 private:
  struct Stream;

  void Close();
  bool OpenOnDisk(const LogFile& file);
  bool ReadStored(const LogFile& file);
  bool ReadContent(uint64_t size);
  bool IsTooLargeForWhole(const LogFile& file, uint64_t& expected);
  bool BeginStream();
  Part WholePart();
  Part StreamContent();
  Part StreamPart(size_t resume_at);
  bool FillStream(size_t kept, size_t& size);
  bool ReadInput();
  void MakeFault(uint64_t offset, std::string message);
  void MakeFault(const codec::InflateFault& fault, codec::Compression compression);
  bool RefuseByName();

  const ReadLimits& limits_;
  TextRoom& room_;
  FileStore* store_;
  codec::GzipInflater inflater_;
  std::string path_;
  int descriptor_ = -1;
  std::vector<uint8_t> buffer_;  // grows only
  std::span<const uint8_t> content_;
  uint64_t expected_ = 0;
  std::unique_ptr<Stream> stream_;  // where the file is read in parts
  bool is_given_ = false;           // the whole text has been given
  size_t part_size_ = 0;
  uint64_t part_offset_ = 0;
  uint64_t inflated_ = 0;
  std::optional<ReadFault> fault_;
};

}  // namespace opentrail::logs
