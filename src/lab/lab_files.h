#pragma once

#include <span>
#include <string_view>

// What the Café is made of: the folder lab/ as it was when this was built, embedded by cmake/EmbedLab.cmake.
namespace opentrail::lab {

struct LabFile {
  std::string_view path;  // "site/cafe/index.html"
  std::string_view bytes;
};

// Sorted by path.
[[nodiscard]] std::span<const LabFile> LabFiles();
// The bytes of the file of that path, which is there (assert).
[[nodiscard]] std::string_view FindLabFile(std::string_view path);

}  // namespace opentrail::lab
