#include "lab/lab_files.h"

#include <algorithm>
#include <cassert>

namespace opentrail::lab {

std::string_view FindLabFile(std::string_view path) {
  const auto files = LabFiles();
  const auto found = std::ranges::lower_bound(files, path, {}, &LabFile::path);
  assert(found != files.end() && found->path == path);
  return found->bytes;
}

}  // namespace opentrail::lab
