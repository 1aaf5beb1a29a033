#include "instances/console_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "instances/file_descriptor.h"

namespace opentrail::instances {

std::string ConsoleFile(std::string_view data_directory, std::string_view instance_id) {
  return fmt::format("{}/instances/{}/console.log", data_directory, instance_id);
}

Status AppendConsole(const std::string& file, std::string_view bytes) {
  FileDescriptor out(open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!out || write(out.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
    return MakeError(ErrorCode::kIo, "{}: {}", file, std::strerror(errno));
  struct stat state{};
  if (fstat(out.get(), &state) != 0 || static_cast<size_t>(state.st_size) < 4 * kConsoleOutput) return {};
  auto last = ReadConsole(file);
  if (!last) return std::unexpected(last.error());
  if (ftruncate(out.get(), 0) != 0 || write(out.get(), last->data(), last->size()) < 0)
    return MakeError(ErrorCode::kIo, "{}: {}", file, std::strerror(errno));
  return {};
}

Result<std::string> ReadConsole(const std::string& file) {
  const FileDescriptor in(open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  struct stat state{};
  if (!in || fstat(in.get(), &state) != 0) return MakeError(ErrorCode::kNotFound, "{}: {}", file, std::strerror(errno));
  const auto size = std::min(static_cast<size_t>(state.st_size), kConsoleOutput);
  std::string bytes(size, '\0');
  const ssize_t count = pread(in.get(), bytes.data(), size, state.st_size - static_cast<off_t>(size));
  if (count < 0) return MakeError(ErrorCode::kIo, "{}: {}", file, std::strerror(errno));
  bytes.resize(static_cast<size_t>(count));
  return bytes;
}

}  // namespace opentrail::instances
