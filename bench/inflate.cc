// The limit of any reading of gzipped logs: finds the files, reads and inflates each with libdeflate, forgets the
// bytes.
//   bench_inflate FOLDER [THREADS]
#include <fcntl.h>
#include <libdeflate.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace {

struct LogFile {
  std::string path;
  size_t size;
};

std::vector<LogFile> FindFiles(const char* folder) {
  std::vector<LogFile> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".gz") files.push_back({entry.path(), entry.file_size()});
  }
  std::sort(files.begin(), files.end(), [](const LogFile& a, const LogFile& b) { return a.size > b.size; });
  return files;
}

size_t Inflate(const LogFile& file, libdeflate_decompressor* inflater, std::string& compressed, std::string& inflated) {
  compressed.resize(file.size);
  const int descriptor = open(file.path.c_str(), O_RDONLY);
  const bool complete = read(descriptor, compressed.data(), file.size) == static_cast<ssize_t>(file.size);
  close(descriptor);
  if (!complete || file.size < 18) std::abort();
  uint32_t size = 0;
  std::memcpy(&size, compressed.data() + file.size - 4, 4);
  if (inflated.size() < size) inflated.resize(size);
  size_t actual = 0;
  if (libdeflate_gzip_decompress(inflater, compressed.data(), file.size, inflated.data(), inflated.size(), &actual) !=
      LIBDEFLATE_SUCCESS)
    std::abort();
  return actual;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::vector<LogFile> files = FindFiles(argv[1]);
  const unsigned threads = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : std::thread::hardware_concurrency();
  std::atomic<size_t> next{0};
  std::atomic<size_t> bytes{0};
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      libdeflate_decompressor* inflater = libdeflate_alloc_decompressor();
      std::string compressed;
      std::string inflated;
      for (size_t at = next++; at < files.size(); at = next++)
        bytes += Inflate(files[at], inflater, compressed, inflated);
      libdeflate_free_decompressor(inflater);
    });
  }
  for (std::thread& worker : workers) worker.join();
  std::printf("%zu files, %zu bytes inflated\n", files.size(), bytes.load());
}
