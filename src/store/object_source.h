#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/message.h"
#include "store/object_files.h"

namespace opentrail::store {

// One content of an object, and which of its plain bytes are asked for.
struct ContentRange {
  std::string key;
  uint64_t size = 0;         // of the whole content
  std::string file;          // "": inline
  std::string inline_bytes;  // at rest
  uint64_t begin = 0;
  uint64_t end = 0;  // begin < end <= size
};

// A body from ranges of contents: one open file and one block in memory, however large it is. Keeps the files pinned
// while it lives; the ranges' files must be pinned already. Gives kCorrupt, kNotFound or kIo where the first block
// cannot be read, or a file has not the size that it must have.
[[nodiscard]] Result<std::unique_ptr<http::BodySource>> OpenObjectSource(std::shared_ptr<ObjectFiles> files,
                                                                         std::vector<ContentRange> ranges);

}  // namespace opentrail::store
