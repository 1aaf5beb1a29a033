#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/write_format.h"
#include "sql/translate.h"

// Writing the rows of a statement as the files of a table.
namespace opentrail::engine {

// A file that is being written; without Finish it is none. Belongs to one thread at a time.
class OutputFile {
 public:
  virtual ~OutputFile() = default;
  virtual Status Write(std::string_view bytes) = 0;
  virtual Status Finish() = 0;
};

// Takes a statement's files. Thread-safe.
class OutputFolder {
 public:
  virtual ~OutputFolder() = default;
  // A file for rows of one partition: the texts of its keys, "__HIVE_DEFAULT_PARTITION__" for NULL. The error is the
  // statement's, and begins with Trino's code.
  virtual Result<std::unique_ptr<OutputFile>> Create(const std::vector<std::string>& partition) = 0;
};

struct TableOutput {
  formats::WriteFormat format;
  std::vector<std::string> names;  // of the columns, as the files have them
  size_t partition_keys = 0;       // so many of the last columns are not in the files, but name their partitions
};

}  // namespace opentrail::engine
