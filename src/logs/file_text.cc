#include "logs/file_text.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace opentrail::logs {
namespace {

constexpr size_t kInputBytes = 256UL << 10;  // of a stream's file at a time
constexpr size_t kTrailerBytes = 4;

codec::InflateLimits InflateLimitsOf(const ReadLimits& limits) {
  return {.max_inflated_bytes = limits.max_inflated_bytes, .max_ratio = limits.max_ratio};
}

// Reads until `out` is full or the file ends; -1: errno says why not.
ssize_t ReadFully(int descriptor, std::span<uint8_t> out) {
  size_t done = 0;
  while (done < out.size()) {
    ssize_t got = read(descriptor, out.data() + done, out.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return static_cast<ssize_t>(done);
}

}  // namespace

struct FileText::Stream {
  void Begin(const ReadLimits& limits) {
    compression = codec::CompressionOf(input);
    if (compression != codec::Compression::kNone) {
      inflate = codec::NewInflateStream(compression, InflateLimitsOf(limits));
    }
  }

  codec::Compression compression = codec::Compression::kNone;
  std::unique_ptr<codec::InflateStream> inflate;  // nullptr: the file is not compressed
  std::vector<uint8_t> buffer;
  std::span<const uint8_t> input;  // not yet used
  bool is_end = false;             // nothing follows `input`
};

FileText::FileText(const ReadLimits& limits, TextRoom& room, FileStore* store)
    : limits_(limits), room_(room), store_(store) {}

FileText::~FileText() { Close(); }

void FileText::Close() {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = -1;
}

bool FileText::Open(const LogFile& file) {
  Close();
  path_ = file.path;
  content_ = {};
  stream_.reset();
  is_given_ = false;
  part_size_ = 0;
  part_offset_ = 0;
  inflated_ = 0;
  fault_.reset();
  if (file.size > limits_.max_file_bytes) {
    MakeFault(0,
              fmt::format("the file has {} bytes, more than {} (max_file_bytes)", file.size, limits_.max_file_bytes));
    return false;
  }
  return store_ != nullptr && !store_->IsOnDisk() ? ReadStored(file) : OpenOnDisk(file);
}

bool FileText::ReadStored(const LogFile& file) {
  if (Status read = store_->Read(file, limits_.max_file_bytes, buffer_); !read) {
    MakeFault(0, std::move(read.error().message));
    return false;
  }
  content_ = buffer_;
  return true;
}

bool FileText::OpenOnDisk(const LogFile& file) {
  descriptor_ = open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor_ < 0) {
    MakeFault(0, fmt::format("cannot be opened: {}", std::strerror(errno)));
    return false;
  }
  bool is_whole = !IsTooLargeForWhole(file, expected_);
  if (fault_) return false;
  bool is_open = is_whole ? ReadContent(file.size) : BeginStream();
  if (!stream_) Close();
  return is_open;
}

// Decides by the file's size and, where it is compressed and not small, by its trailer.
bool FileText::IsTooLargeForWhole(const LogFile& file, uint64_t& expected) {
  constexpr uint64_t kSurelyWhole = kMaxWholeBytes / 64;  // the usual ratio is 5 to 20, so the trailer is read for few
  expected = file.size;
  if (file.size <= kSurelyWhole) return false;
  std::array<uint8_t, 2> magic{};
  std::array<uint8_t, kTrailerBytes> trailer{};
  auto trailer_at = static_cast<off_t>(file.size - kTrailerBytes);
  if (pread(descriptor_, magic.data(), magic.size(), 0) != static_cast<ssize_t>(magic.size()) ||
      pread(descriptor_, trailer.data(), trailer.size(), trailer_at) != static_cast<ssize_t>(trailer.size())) {
    MakeFault(0, "cannot be read, or became shorter while it was read");
    return false;
  }
  if (codec::IsGzip(magic)) expected = codec::InflatedSizeHint(std::span<const uint8_t, 4>(trailer), file.size);
  return std::max(expected, file.size) > kMaxWholeBytes;
}

// One byte more than expected is asked for, to see the end without another call.
bool FileText::ReadContent(uint64_t size) {
  size_t done = 0;
  for (size_t wanted = size + 1;; wanted = done + kInputBytes) {
    if (wanted > limits_.max_file_bytes + 1) {
      MakeFault(0, fmt::format("the file has more than {} bytes (max_file_bytes)", limits_.max_file_bytes));
      return false;
    }
    if (buffer_.size() < wanted) buffer_.resize(std::max(wanted, kInputBytes));
    ssize_t got = ReadFully(descriptor_, std::span(buffer_).subspan(done, wanted - done));
    if (got < 0) {
      MakeFault(done, fmt::format("cannot be read: {}", std::strerror(errno)));
      return false;
    }
    done += static_cast<size_t>(got);
    if (done < wanted) break;
  }
  content_ = std::span<const uint8_t>(buffer_).first(done);
  return true;
}

bool FileText::BeginStream() {
  stream_ = std::make_unique<Stream>();
  stream_->buffer.resize(kInputBytes);
  if (!ReadInput()) return false;
  stream_->Begin(limits_);
  room_.Begin(kPartBytes);
  return stream_->inflate != nullptr || !RefuseByName();
}

FileText::Part FileText::Next(size_t resume_at) {
  if (stream_) return StreamPart(resume_at);
  return is_given_ ? Part{} : WholePart();
}

FileText::Part FileText::StreamPart(size_t resume_at) {
  if (is_given_ || fault_) return {};
  size_t kept = part_size_ - resume_at;
  std::memmove(room_.Data(), room_.Data() + resume_at, kept);
  part_offset_ += resume_at;
  size_t wanted = std::max(kPartBytes, kept * 2);  // a part that held no whole record: a larger one
  if (wanted > limits_.max_inflated_bytes) wanted = limits_.max_inflated_bytes;
  if (kept >= wanted) {
    MakeFault(part_offset_, fmt::format("one record has more than {} bytes (max_inflated_bytes)", wanted));
    return {};
  }
  room_.Reserve(kept, wanted);
  size_t size = wanted;
  is_given_ = !FillStream(kept, size);
  room_.End(size);
  part_size_ = size;
  return {room_.Data(), size, part_offset_, is_given_ && !fault_};
}

FileText::Part FileText::WholePart() {
  is_given_ = true;
  if (content_.empty()) return {};
  size_t size = content_.size();
  const codec::Compression compression = codec::CompressionOf(content_);
  if (compression == codec::Compression::kZstd || compression == codec::Compression::kBzip2) return StreamContent();
  if (compression == codec::Compression::kGzip) {
    codec::InflateLimits limits = InflateLimitsOf(limits_);
    limits.max_inflated_bytes = std::min(limits.max_inflated_bytes, kMaxWholeBytes);
    room_.Begin(std::min(codec::InflatedSizeHint(content_), limits.max_inflated_bytes));
    codec::Inflated inflated = inflater_.Inflate(content_, limits, room_);
    if (inflated.fault && inflated.fault->kind == codec::InflateFaultKind::kLimit) return StreamContent();
    size = inflated.bytes;
    if (inflated.fault) MakeFault(*inflated.fault, compression);
  } else {
    if (RefuseByName()) return {};
    if (size > kMaxWholeBytes) return StreamContent();
    room_.Begin(size);
    std::memcpy(room_.Data(), content_.data(), size);
  }
  room_.End(size);
  inflated_ = size;
  return {room_.Data(), size, 0, !fault_};
}

// Too large to inflate whole, or the trailer told too little: in parts.
FileText::Part FileText::StreamContent() {
  is_given_ = false;
  stream_ = std::make_unique<Stream>();
  stream_->input = content_;
  stream_->is_end = true;
  stream_->Begin(limits_);
  room_.Begin(kPartBytes);
  return StreamPart(0);
}

bool FileText::ReadInput() {
  ssize_t got = ReadFully(descriptor_, stream_->buffer);
  if (got < 0) {
    MakeFault(inflated_, fmt::format("cannot be read: {}", std::strerror(errno)));
    got = 0;
  }
  stream_->input = std::span<const uint8_t>(stream_->buffer).first(static_cast<size_t>(got));
  stream_->is_end = stream_->input.size() < stream_->buffer.size();
  return !fault_;
}

// Fills the room from `kept` up to `size`, which becomes what there is. False: nothing follows.
bool FileText::FillStream(size_t kept, size_t& size) {
  size_t at = kept;
  while (at < size) {
    std::span<const uint8_t>& input = stream_->input;
    std::span<uint8_t> out(room_.Data() + at, size - at);
    size_t consumed = std::min(input.size(), out.size());
    size_t written = consumed;
    if (stream_->inflate) {
      const codec::InflateStream::Piece piece = stream_->inflate->Inflate(input, stream_->is_end, out);
      consumed = piece.consumed;
      written = piece.written;
      if (piece.fault) MakeFault(*piece.fault, stream_->compression);
    } else {
      std::memcpy(out.data(), input.data(), consumed);
    }
    input = input.subspan(consumed);
    at += written;
    inflated_ += written;
    if (fault_ || (written == 0 && input.empty() && (stream_->is_end || !ReadInput()))) {
      size = at;
      return false;
    }
  }
  return true;
}

void FileText::MakeFault(uint64_t offset, std::string message) { fault_ = {path_, offset, std::move(message)}; }

void FileText::MakeFault(const codec::InflateFault& fault, codec::Compression compression) {
  MakeFault(fault.offset, fmt::format("{}: {}", codec::CompressionName(compression), fault.message));
}

// What Athena reads compressed in a way that has no mark of its own: its bytes would pass for text.
bool FileText::RefuseByName() {
  for (const std::string_view suffix : {".snappy", ".lz4", ".lzo", ".lzo_deflate", ".deflate"}) {
    if (!path_.ends_with(suffix)) continue;
    MakeFault(0, fmt::format("files named *{} are not read here; gzip, zstd, bzip2 and plain text are", suffix));
    return true;
  }
  return false;
}

}  // namespace opentrail::logs
