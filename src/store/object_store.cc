#include "store/object_store.h"

#include <algorithm>

#include <fcntl.h>

#include "store/object_content.h"
#include "store/object_files.h"
#include "store/object_source.h"

namespace opentrail::store {
namespace {

static_assert(ObjectStore::kBlockBytes == kBlockBytes && ObjectStore::kMaxInlineBytes <= kBlockBytes);

// The kernel is told to begin writing each time that so much is new, so that the sync at the end finds little to do.
constexpr uint64_t kWritebackBytes = 8 * 1024 * 1024;

constexpr Migration kSchema[] = {
    {.part = "objects",
     .version = 1,
     // AUTOINCREMENT: an id that was released never names another content.
     .sql = R"(CREATE TABLE content(
                 id INTEGER PRIMARY KEY AUTOINCREMENT,
                 size INTEGER NOT NULL,
                 file TEXT UNIQUE,
                 bytes BLOB,
                 CHECK((file IS NULL) <> (bytes IS NULL))) STRICT;)"},
    {.part = "objects",
     .version = 2,
     .sql = R"(CREATE TABLE content_tail(content INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;)"},
};

// A page of the database has 8 KiB. A row of more than half of one has the page to itself, and a body of 4 KiB is just
// that: the page's other half would go to the log, the disk and the database with each. So a row takes what lets two of
// them lie in a page, and the rest is a row of content_tail, of which many do. Past a whole page SQLite chains pages by
// itself.
constexpr size_t kHalfPageBytes = 4064;
constexpr size_t kWholePageBytes = 8128;

// Of content of this size in the database, what goes to content_tail.
size_t TailBytes(size_t inline_bytes) {
  return inline_bytes > kHalfPageBytes && inline_bytes <= kWholePageBytes ? inline_bytes - kHalfPageBytes : 0;
}

class ContentWriter final : public ObjectStore::Writer {
 public:
  ContentWriter(std::shared_ptr<ObjectFiles> files, const std::string& key, RandomSource& random)
      : files_(std::move(files)), name_(ObjectFiles::NewName(random)), sealer_(key, random) {}
  ~ContentWriter() override {
    if (file_.IsOpen()) files_->DropUnfinished(name_);
  }

  Status Write(std::string_view bytes) override {
    size_ += bytes.size();
    while (!bytes.empty() && status_) {
      if (plain_.size() == kBlockBytes) Flush(BlockPlace::kInside);
      const size_t taken = std::min(kBlockBytes - plain_.size(), bytes.size());
      plain_.append(bytes.substr(0, taken));
      bytes.remove_prefix(taken);
    }
    return status_;
  }

  Result<StagedContent> Finish() override {
    if (!status_) return std::unexpected(status_.error());
    if (!file_.IsOpen() && size_ <= ObjectStore::kMaxInlineBytes) {
      StagedContent content{.size = size_, .inline_bytes = sealer_.head(), .file = {}};
      sealer_.Seal(plain_, BlockPlace::kLast, content.inline_bytes);
      return content;
    }
    Flush(BlockPlace::kLast);
    if (status_) status_ = files_->Finish(name_, file_);
    if (!status_) return std::unexpected(status_.error());
    file_ = File();
    return StagedContent{.size = size_, .inline_bytes = {}, .file = name_};
  }

 private:
  void Flush(BlockPlace place) {
    if (sealer_.blocks() == kMaxContentBlocks) {
      status_ = MakeError(ErrorCode::kLimitExceeded, "a content has at most {} blocks of {} bytes", kMaxContentBlocks,
                          kBlockBytes);
    }
    sealed_.clear();
    if (!file_.IsOpen()) OpenFile();
    if (!status_) return;
    sealer_.Seal(plain_, place, sealed_);
    plain_.clear();
    status_ = file_.Append(sealed_);
    if (sealer_.blocks() % (kWritebackBytes / kBlockBytes) == 0) {
      sync_file_range(file_.descriptor(), 0, 0, SYNC_FILE_RANGE_WRITE);
    }
  }

  void OpenFile() {
    auto file = files_->Create(name_);
    if (file) {
      file_ = std::move(*file);
      sealed_ = sealer_.head();
    } else {
      status_ = std::unexpected(file.error());
    }
  }

  std::shared_ptr<ObjectFiles> files_;
  std::string name_;
  BlockSealer sealer_;
  File file_;  // open once there is more than one block, until Finish
  std::string plain_, sealed_;
  uint64_t size_ = 0;
  Status status_;
};

class FileObjectStore final : public ObjectStore {
 public:
  FileObjectStore(std::shared_ptr<ObjectFiles> files, RandomSource& random)
      : files_(std::move(files)), random_(random) {}

  Result<std::unique_ptr<Writer>> Create(std::string key) override {
    return std::make_unique<ContentWriter>(files_, key, random_);
  }

  int64_t Adopt(Transaction& transaction, const StagedContent& content) override {
    Connection& state = transaction.connection();
    const bool in_file = !content.file.empty();
    std::string_view bytes = content.inline_bytes;
    const std::string_view tail = bytes.substr(bytes.size() - TailBytes(bytes.size()));
    bytes.remove_suffix(tail.size());
    state.Execute("INSERT INTO content(size, file, bytes) VALUES(?, ?, ?)", content.size,
                  in_file ? std::optional(content.file) : std::nullopt,
                  in_file ? std::nullopt : std::optional(Blob{bytes}));
    const int64_t id = state.LastInsertRowId();
    if (!tail.empty()) state.Execute("INSERT INTO content_tail(content, bytes) VALUES(?, ?)", id, Blob{tail});
    return id;
  }

  void Release(Transaction& transaction, int64_t content_id) override {
    Connection& state = transaction.connection();
    bool has_tail = false;
    {
      Rows rows = state.Query("SELECT size, file FROM content WHERE id = ?", content_id);
      if (!rows.Next()) return;
      if (rows.IsNull(1)) {
        has_tail = TailBytes(SizeAtRest(static_cast<uint64_t>(rows.Integer(0)))) > 0;
      } else {
        transaction.OnCommit([files = files_, file = std::string(rows.Text(1))] { files->Remove(file); });
      }
    }
    state.Execute("DELETE FROM content WHERE id = ?", content_id);
    if (has_tail) state.Execute("DELETE FROM content_tail WHERE content = ?", content_id);
  }

  void Drop(const StagedContent& content) override {
    if (!content.file.empty()) files_->Remove(content.file);
  }

  Result<std::unique_ptr<http::BodySource>> Read(Connection& state, std::vector<Segment> segments, uint64_t offset,
                                                 uint64_t length) override {
    std::vector<ContentRange> ranges;
    uint64_t begin = 0;  // of the segment, in the object
    for (Segment& segment : segments) {
      const uint64_t end = begin + segment.size;
      if (std::max(offset, begin) < std::min(offset + length, end)) {
        ranges.push_back({.key = std::move(segment.key),
                          .size = segment.size,
                          .file = {},
                          .inline_bytes = {},
                          .begin = std::max(offset, begin) - begin,
                          .end = std::min(offset + length, end) - begin});
        if (const Status found = Find(state, segment.content_id, ranges.back()); !found) {
          Unpin(ranges);
          return std::unexpected(found.error());
        }
      }
      begin = end;
    }
    if (offset > begin || length > begin - offset) {
      Unpin(ranges);
      return MakeError(ErrorCode::kInvalidArgument, "bytes {} to {} of an object of {}", offset, offset + length,
                       begin);
    }
    return OpenObjectSource(files_, std::move(ranges));
  }

 private:
  // Fills in where the content is; its file is pinned.
  Status Find(Connection& state, int64_t content_id, ContentRange& range) {
    Rows rows = state.Query("SELECT size, file, bytes FROM content WHERE id = ?", content_id);
    if (!rows.Next()) {
      return state.status() ? MakeError(ErrorCode::kNotFound, "there is no content {}", content_id) : state.status();
    }
    if (static_cast<uint64_t>(rows.Integer(0)) != range.size) {
      return MakeError(ErrorCode::kCorrupt, "content {} has {} bytes, not {}", content_id, rows.Integer(0), range.size);
    }
    range.file = rows.Text(1);
    range.inline_bytes = rows.Text(2);
    if (!range.file.empty()) {
      files_->Pin(range.file);
    } else if (range.inline_bytes.size() < SizeAtRest(range.size)) {
      Rows tail = state.Query("SELECT bytes FROM content_tail WHERE content = ?", content_id);
      if (tail.Next()) range.inline_bytes += tail.Text(0);
    }
    return {};
  }

  void Unpin(const std::vector<ContentRange>& ranges) {
    for (const ContentRange& range : ranges) {
      if (!range.file.empty()) files_->Unpin(range.file);
    }
  }

  std::shared_ptr<ObjectFiles> files_;  // shared with sources and with actions on commit, which may outlive this
  RandomSource& random_;
};

}  // namespace

std::span<const Migration> ObjectStore::Migrations() { return kSchema; }

Result<std::unique_ptr<ObjectStore>> ObjectStore::Open(const std::string& directory, Connection& state,
                                                       RandomSource& random) {
  auto files = std::make_shared<ObjectFiles>(directory);
  if (const Status opened = files->Open(state); !opened) return std::unexpected(opened.error());
  return std::make_unique<FileObjectStore>(std::move(files), random);
}

}  // namespace opentrail::store
