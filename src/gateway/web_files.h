#pragma once

#include <span>
#include <string_view>

// The console as it was built: web/dist, embedded by cmake/EmbedConsole.cmake.
namespace opentrail::gateway {

struct WebFile {
  std::string_view path;          // "index.html", "assets/index-3f2a.js"
  std::string_view content_type;  // "text/javascript; charset=utf-8"
  std::string_view digest;        // SHA-256 of the file, hexadecimal: its ETag
  std::string_view gzip;          // its bytes, compressed
};

// Sorted by path.
[[nodiscard]] std::span<const WebFile> WebFiles();

}  // namespace opentrail::gateway
