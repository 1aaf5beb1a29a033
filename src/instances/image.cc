#include "instances/image.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>
#include <vector>

#include "instances/child_process.h"
#include "instances/file_descriptor.h"
#include "instances/image_recipe.h"

namespace opentrail::instances {
namespace {

// One-line entries (sources.list(5)) of what this machine is configured to take the image's release from; none where it
// takes it from nowhere: then the image's builder asks Debian's own mirror.
std::vector<std::string> ConfiguredSources() {
  std::set<std::string> sources;
  const Image::Progress take = [&](std::string_view line) {
    if (line.starts_with("Debian|")) sources.insert("deb " + std::string(line.substr(line.find('|') + 1)));
  };
  const std::string format = "$(ORIGIN)|$(REPO_URI) $(RELEASE) $(COMPONENT)";
  const Status asked = RunProgram({"apt-get", "indextargets", "--format", format, "Created-By: Packages"}, take);
  std::erase_if(sources, [](const std::string& source) { return source.find(kImageSuite) == source.npos; });
  if (!asked) sources.clear();
  return {sources.begin(), sources.end()};
}

// A proxy that apt is told of in its configuration; those in the environment are inherited.
std::vector<std::string> ProxyOptions() {
  std::vector<std::string> options;
  const Image::Progress take = [&](std::string_view line) {
    if (line.find("::Proxy ") != line.npos) options.push_back(fmt::format("--aptopt={}", line));
  };
  if (!RunProgram({"apt-config", "dump", "Acquire"}, take)) options.clear();
  return options;
}

Status MakeDirectory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  // Others could run the image's set-user-id programs from here.
  if (!error && chmod(path.c_str(), 0700) != 0) error = std::error_code(errno, std::generic_category());
  if (error) return MakeError(ErrorCode::kIo, "{}: {}", path, error.message());
  return {};
}

Status Rename(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) != 0) return MakeError(ErrorCode::kIo, "{}: {}", to, std::strerror(errno));
  return {};
}

}  // namespace

std::string DefaultImageDirectory() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0')
    return std::string(cache) + "/opentrail/images";
  const char* home = std::getenv("HOME");
  return std::string(home != nullptr ? home : ".") + "/.cache/opentrail/images";
}

std::string Image::directory() const { return cache_directory_ + "/" + ImageKey(); }

bool Image::IsReady() const { return access((directory() + "/sbin/shutdown").c_str(), F_OK) == 0; }

Status Image::Ensure(const Progress& progress, const Unpack& unpack) {
  if (IsReady()) return {};
  if (const Status made = MakeDirectory(cache_directory_); !made) return made;
  const FileDescriptor lock(open((cache_directory_ + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock || flock(lock.get(), LOCK_EX) != 0)
    return MakeError(ErrorCode::kIo, "{}/lock: {}", cache_directory_, std::strerror(errno));
  if (IsReady()) return {};
  if (access(archive().c_str(), R_OK) != 0) {
    if (const Status built = Build(progress); !built) return built;
  }
  progress("unpacking the image");
  const std::string partial = directory() + ".part";
  if (const Status unpacked = unpack(archive(), partial); !unpacked) return unpacked;
  return Rename(partial, directory());
}

Status Image::Build(const Progress& progress) const {
  progress(fmt::format("building the image of instances, Debian {}: once, a minute or two", kImageSuite));
  const std::string partial = archive() + ".part";
  std::vector<std::string> command = {
      "mmdebstrap", "--variant=minbase", "--format=tar", geteuid() == 0 ? "--mode=root" : "--mode=unshare",
      fmt::format("--include={}", ImagePackages()), "--aptopt=APT::Install-Recommends \"false\"",
      "--dpkgopt=path-exclude=/usr/share/man/*", "--dpkgopt=path-exclude=/usr/share/doc/*",
      "--dpkgopt=path-exclude=/usr/share/locale/*",
      // By value: in a user namespace of its own, mmdebstrap reads no file of this user's.
      fmt::format("--customize-hook={}", ImageScript())};
  for (std::string& option : ProxyOptions()) command.push_back(std::move(option));
  command.push_back(std::string(kImageSuite));
  command.push_back("-");
  for (std::string& source : ConfiguredSources()) command.push_back(std::move(source));
  const Status built = RunProgram(command, progress, {.output = partial + ".tar"});
  if (!built) return built;
  progress("packing the image");
  const Status packed = RunProgram({"zstd", "-q", "-f", "-T0", "--rm", partial + ".tar", "-o", partial}, progress);
  if (!packed) return packed;
  return Rename(partial, archive());
}

Status UnpackImage(const std::string& archive, const std::string& directory) {
  std::error_code error;
  std::filesystem::remove_all(directory, error);
  if (error) return MakeError(ErrorCode::kIo, "{}: {}", directory, error.message());
  if (mkdir(directory.c_str(), 0755) != 0) return MakeError(ErrorCode::kIo, "{}: {}", directory, std::strerror(errno));
  return RunProgram({"tar", "--zstd", "--numeric-owner", "--xattrs", "--xattrs-include=*", "--exclude=./dev/*", "-xpf",
                     archive, "-C", directory},
                    [](std::string_view) {});
}

}  // namespace opentrail::instances
