#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace opentrail::http {

// Bytes that have come and are not yet used. Views into it hold until Prepare. Internal to http/.
class ReadBuffer {
 public:
  [[nodiscard]] std::string_view view() const { return {bytes_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }

  // Room for more bytes behind those that are there: at least one, and `wanted` in all unless there are more already.
  std::span<char> Prepare(size_t wanted) {
    const size_t held = end_ - begin_;
    wanted = std::max(wanted, held + held / 2 + 1);
    // A buffer that a large body needed is given back with the next request.
    if (wanted > capacity_ || (held == 0 && capacity_ > 4 * wanted)) {
      auto grown = std::make_unique_for_overwrite<char[]>(wanted);
      if (held > 0) std::memcpy(grown.get(), bytes_.get() + begin_, held);
      bytes_ = std::move(grown);
      capacity_ = wanted;
    } else if (held > 0 && begin_ > 0) {
      std::memmove(bytes_.get(), bytes_.get() + begin_, held);
    }
    begin_ = 0;
    end_ = held;
    return {bytes_.get() + end_, capacity_ - end_};
  }
  void Commit(size_t size) { end_ += size; }
  void Consume(size_t size) { begin_ += size; }

 private:
  std::unique_ptr<char[]> bytes_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace opentrail::http
