#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "http/message.h"
#include "store/migration.h"
#include "store/transaction.h"

namespace opentrail::store {

// Content that is written and, where it is a file, synced, but belongs to nothing yet. Dropped unless adopted.
struct StagedContent {
  uint64_t size = 0;         // of the plain bytes
  std::string inline_bytes;  // encrypted; small content travels into the database with the commit
  std::string file;          // the file's name; "" where the content is inline
};

// One run of an object's bytes: content, the key that it is encrypted with, and its plain length. A multipart object
// has several.
struct Segment {
  int64_t content_id = 0;
  std::string key;  // 32 bytes, unsealed
  uint64_t size = 0;
};

// Bodies of S3 objects, encrypted at rest with a key for each (AES-256 in independent blocks, each authenticated, so
// that ranges are read without the rest). Content of at most kMaxInlineBytes lies in account.db and is durable with
// the commit, without a sync of its own; all else is a file under `objects/`, synced (file and folder) before the
// commit that names it. Files that no row names are swept at start. Thread-safe, but for a writer or a source.
class ObjectStore {
 public:
  static constexpr size_t kMaxInlineBytes = 16 * 1024;
  static constexpr size_t kBlockBytes = 64 * 1024;

  // The schema of table content; part "objects".
  static std::span<const Migration> Migrations();

  // Opens `directory` (made where missing) and sweeps it against the rows of `state`.
  static Result<std::unique_ptr<ObjectStore>> Open(const std::string& directory, Connection& state,
                                                   RandomSource& random);
  virtual ~ObjectStore() = default;

  class Writer {
   public:
    virtual ~Writer() = default;  // drops what was not finished
    virtual Status Write(std::string_view bytes) = 0;
    virtual Result<StagedContent> Finish() = 0;
  };
  // key: 32 bytes, fresh for each content.
  virtual Result<std::unique_ptr<Writer>> Create(std::string key) = 0;

  // In the transaction: a row for the content, whose id a segment then names.
  virtual int64_t Adopt(Transaction& transaction, const StagedContent& content) = 0;
  // In the transaction: the row goes, the file after the commit. Readers that have it open go on reading.
  virtual void Release(Transaction& transaction, int64_t content_id) = 0;
  // A staged content that will not be adopted after all.
  virtual void Drop(const StagedContent& content) = 0;

  // The bytes [offset, offset + length) of the segments one after another. Opens what it needs before it returns, so
  // that a later Release does not disturb it; reads inline content through `state`. kCorrupt where bytes were changed.
  virtual Result<std::unique_ptr<http::BodySource>> Read(Connection& state, std::vector<Segment> segments,
                                                         uint64_t offset, uint64_t length) = 0;
};

}  // namespace opentrail::store
