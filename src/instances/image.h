#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace opentrail::instances {

// The image that instances start from: a Debian root directory after image_recipe.h, made once for a machine and kept
// as CACHE/KEY.tar.zst and, unpacked, as CACHE/KEY. Not thread-safe; two processes wait for each other.
class Image {
 public:
  // A line on what is being done, for a terminal or a log.
  using Progress = std::function<void(std::string_view line)>;
  // UnpackImage, by whoever may: for an ordinary user it is another process, in a user namespace.
  using Unpack = std::function<Status(const std::string& archive, const std::string& directory)>;

  explicit Image(std::string cache_directory) : cache_directory_(std::move(cache_directory)) {}

  [[nodiscard]] std::string directory() const;
  [[nodiscard]] bool IsReady() const;
  // Builds what is missing: a minute or so the first time, with Debian's packages from the sources that this machine
  // is configured for. kUnsupported where mmdebstrap is not installed; kIo with the last words of what failed.
  [[nodiscard]] Status Ensure(const Progress& progress, const Unpack& unpack);

 private:
  [[nodiscard]] std::string archive() const { return directory() + ".tar.zst"; }
  Status Build(const Progress& progress) const;

  std::string cache_directory_;
};

// $XDG_CACHE_HOME/opentrail/images, or ~/.cache/opentrail/images.
[[nodiscard]] std::string DefaultImageDirectory();

// By tar, owners as they are in the archive: for root, or root of a user namespace. The directory is made anew; what a
// try that was cut off left of it goes.
[[nodiscard]] Status UnpackImage(const std::string& archive, const std::string& directory);

}  // namespace opentrail::instances
