#include "cli/progress.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "cli/terminal.h"

namespace opentrail::cli {
namespace {

constexpr auto kInterval = std::chrono::milliseconds(150);
constexpr auto kPatience = std::chrono::milliseconds(500);
constexpr size_t kBarWidth = 24;

}  // namespace

std::string ProgressLine(uint64_t bytes_done, uint64_t bytes_total, uint64_t events, double seconds) {
  if (bytes_total == 0) return "finding log files";
  const double share = std::min(1.0, static_cast<double>(bytes_done) / static_cast<double>(bytes_total));
  const auto filled = static_cast<size_t>(share * kBarWidth);
  const double rate = seconds > 0 ? static_cast<double>(bytes_done) / seconds : 0;
  std::string line = fmt::format("[{}{}] {:3.0f}%  {} of {}  {} events  {}/s", std::string(filled, '#'),
                                 std::string(kBarWidth - filled, ' '), share * 100, Bytes(bytes_done),
                                 Bytes(bytes_total), Grouped(events), Bytes(static_cast<uint64_t>(rate)));
  if (rate > 0 && bytes_done < bytes_total) {
    const auto left = static_cast<uint64_t>(static_cast<double>(bytes_total - bytes_done) / rate);
    line += fmt::format("  {}:{:02} left", left / 60, left % 60);
  }
  return line;
}

Progress::Progress(const logs::ScanStatistics& statistics) : statistics_(statistics) {
  if (IsTerminal(stderr)) drawer_ = std::thread([this] { Draw(); });
}

Progress::~Progress() { Finish(); }

void Progress::Finish() {
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
  }
  finish_.notify_all();
  if (drawer_.joinable()) drawer_.join();
}

void Progress::Draw() {
  const auto start = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  bool drawn = false;
  while (!finish_.wait_for(lock, drawn ? kInterval : kPatience, [this] { return finished_; })) {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const std::string line = ProgressLine(statistics_.bytes_done, statistics_.bytes_total, statistics_.events, seconds);
    fmt::print(stderr, "\r{}\x1b[K", line.substr(0, TerminalWidth(stderr) - 1));
    std::fflush(stderr);
    drawn = true;
  }
  if (drawn) fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
}

}  // namespace opentrail::cli
