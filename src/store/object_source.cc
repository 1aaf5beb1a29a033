#include "store/object_source.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>

#include "store/object_content.h"

namespace opentrail::store {
namespace {

std::unexpected<Error> Corrupt(const ContentRange& range) {
  return MakeError(ErrorCode::kCorrupt, "{}: the content at rest was changed",
                   range.file.empty() ? "inline content" : range.file);
}

// The content at rest that is being read.
class OpenContent {
 public:
  static Result<OpenContent> Open(const ObjectFiles& files, const ContentRange& range) {
    OpenContent content(range);
    if (!range.file.empty()) {
      auto file = File::Open(files.Path(range.file), O_RDONLY);
      if (!file) return std::unexpected(file.error());
      content.file_ = std::move(*file);
    }
    std::string head(kContentHeadBytes, '\0');
    if (const auto got = content.ReadAt(head.data(), head.size(), 0); !got) return std::unexpected(got.error());
    content.opener_.emplace(range.key, head);
    return content;
  }

  Result<std::string> Block(uint64_t number) {
    const uint64_t last = BlockCount(range_->size) - 1;
    std::string sealed(number < last ? kSealedBlockBytes : range_->size - last * kBlockBytes + codec::kCipherTagBytes,
                       '\0');
    const auto got = ReadAt(sealed.data(), sealed.size(), kContentHeadBytes + number * kSealedBlockBytes);
    if (!got) return std::unexpected(got.error());
    auto plain = opener_->Open(number, number < last ? BlockPlace::kInside : BlockPlace::kLast, sealed);
    if (!plain) return Corrupt(*range_);
    return std::move(*plain);
  }

 private:
  explicit OpenContent(const ContentRange& range) : range_(&range) {}

  Status ReadAt(char* buffer, size_t size, uint64_t offset) const {
    if (file_.IsOpen()) {
      const auto got = file_.ReadAt(buffer, size, offset);
      if (!got) return std::unexpected(got.error());
      return *got == size ? Status() : Corrupt(*range_);
    }
    if (offset + size > range_->inline_bytes.size()) return Corrupt(*range_);
    std::memcpy(buffer, range_->inline_bytes.data() + offset, size);
    return {};
  }

  const ContentRange* range_;
  File file_;
  std::optional<BlockOpener> opener_;
};

class ObjectSource final : public http::BodySource {
 public:
  ObjectSource(std::shared_ptr<ObjectFiles> files, std::vector<ContentRange> ranges)
      : files_(std::move(files)), ranges_(std::move(ranges)) {
    for (const ContentRange& range : ranges_) size_ += range.end - range.begin;
    if (!ranges_.empty()) position_ = ranges_.front().begin;
  }
  ~ObjectSource() override {
    for (const ContentRange& range : ranges_) {
      if (!range.file.empty()) files_->Unpin(range.file);
    }
  }

  [[nodiscard]] uint64_t size() const override { return size_; }

  int64_t Read(char* buffer, size_t capacity) override {
    if (current_ == ranges_.size() || capacity == 0) return 0;
    if (used_ == block_.size() && !NextBlock()) return -1;
    const size_t size = std::min(capacity, block_.size() - used_);
    std::memcpy(buffer, block_.data() + used_, size);
    used_ += size;
    position_ += size;
    if (position_ == ranges_[current_].end) NextContent();
    return static_cast<int64_t>(size);
  }

  // What can be found wrong before the first byte leaves.
  Status Check() {
    for (const ContentRange& range : ranges_) {
      if (Status status = CheckSize(range); !status) return status;
    }
    return ranges_.empty() ? Status() : NextBlock();
  }

 private:
  [[nodiscard]] Status CheckSize(const ContentRange& range) const {
    uint64_t size = range.inline_bytes.size();
    if (!range.file.empty()) {
      struct stat info{};
      const std::string path = files_->Path(range.file);
      if (stat(path.c_str(), &info) != 0) return FileError(path, "stat");
      size = static_cast<uint64_t>(info.st_size);
    }
    return size == SizeAtRest(range.size) ? Status() : Corrupt(range);
  }

  Status NextBlock() {
    const ContentRange& range = ranges_[current_];
    if (!content_) {
      auto content = OpenContent::Open(*files_, range);
      if (!content) return std::unexpected(content.error());
      content_.emplace(std::move(*content));
    }
    const uint64_t number = position_ / kBlockBytes;
    auto block = content_->Block(number);
    if (!block) return std::unexpected(block.error());
    block_ = std::move(*block);
    block_.resize(std::min<uint64_t>(block_.size(), range.end - number * kBlockBytes));
    used_ = position_ - number * kBlockBytes;
    return {};
  }

  void NextContent() {
    content_.reset();
    block_.clear();
    used_ = 0;
    if (++current_ < ranges_.size()) position_ = ranges_[current_].begin;
  }

  std::shared_ptr<ObjectFiles> files_;
  std::vector<ContentRange> ranges_;
  uint64_t size_ = 0;
  size_t current_ = 0;     // range
  uint64_t position_ = 0;  // in its content
  std::optional<OpenContent> content_;
  std::string block_;
  size_t used_ = 0;  // of block_
};

}  // namespace

Result<std::unique_ptr<http::BodySource>> OpenObjectSource(std::shared_ptr<ObjectFiles> files,
                                                           std::vector<ContentRange> ranges) {
  auto source = std::make_unique<ObjectSource>(std::move(files), std::move(ranges));
  if (const Status status = source->Check(); !status) return std::unexpected(status.error());
  return source;
}

}  // namespace opentrail::store
