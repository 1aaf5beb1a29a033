#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "logs/column_batch.h"
#include "logs/log_file.h"
#include "logs/scan.h"

// Where a scan's batches can come from other than parsing, and where parsed columns can go.
namespace opentrail::logs {

// A run of batches taken by one reader. Belongs to one thread at a time.
class BatchRun {
 public:
  virtual ~BatchRun() = default;
  // Columns in the order of ScanRequest::fields. rows == 0 ends the run. A file that turns out unusable is reported by
  // its index in `unusable` (no row of it was given) and is parsed instead.
  virtual Result<ColumnBatch> Next(std::vector<uint32_t>& unusable) = 0;
};

// What a FileBatches already holds of a scan's files.
struct HeldBatches {
  enum class Answer : uint8_t {
    kParse,  // not held: the file is read
    kHeld,   // `runs` give all its rows
    kEmpty,  // known to hold no row that passes the predicates: left out, counted as pruned
  };
  std::vector<Answer> answers;                  // one a file, in the order of the files given
  std::vector<std::unique_ptr<BatchRun>> runs;  // handed to readers before any file is parsed, in this order
};

// Which rows of a file a sink is given.
enum class SinkRows : uint8_t {
  kAll,      // every record's
  kPassing,  // of the records that may pass the request's predicates, by a search for needles or otherwise
};

// Takes the columns of files as one reader parses them. Belongs to one thread. Its failures are its own affair: a scan
// never fails because its by-product could not be kept.
class FileColumnsSink {
 public:
  virtual ~FileColumnsSink() = default;
  // A file begins; `index` as in HeldBatches::answers; `content` is the file as stored (compressed), valid until End;
  // empty where the file is too large to be held whole.
  virtual void Begin(uint32_t index, const LogFile& file, std::span<const uint8_t> content) = 0;
  // Rows [first, first + count) of `batch` are the file's next rows. The batch may hold rows of other files too. Valid
  // during the call.
  virtual void Rows(const ColumnBatch& batch, size_t first, size_t count) = 0;
  enum class Outcome : uint8_t {
    kWhole,   // every row that SinkRows promises was given; that may be none
    kFaulty,  // the file could not be read whole, or some of its values were no records
  };
  virtual void End(Outcome outcome) = 0;
};

// A columnar cache, seen from the scan. Thread-safe.
class FileBatches {
 public:
  virtual ~FileBatches() = default;
  // Called once a scan, after pruning by path.
  virtual HeldBatches Lookup(std::span<const LogFile> files, const ScanRequest& request) = 0;
  // One a reader, after Lookup for the same request; nullptr: nothing is to be kept.
  virtual std::unique_ptr<FileColumnsSink> NewSink(const ScanRequest& request, SinkRows rows) = 0;
};

}  // namespace opentrail::logs
