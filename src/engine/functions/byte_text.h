#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Little-endian numbers in the bytes of a sketch.
namespace opentrail::engine {

template <typename Number>
void AppendBytes(Number number, std::string& out) {
  if constexpr (std::is_same_v<Number, double>) {
    AppendBytes(std::bit_cast<uint64_t>(number), out);
  } else {
    for (size_t i = 0; i < sizeof(Number); ++i) out += static_cast<char>(static_cast<uint64_t>(number) >> (8 * i));
  }
}

// Takes numbers from the front; once it ran out it stays so.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  template <typename Number>
  Number Take() {
    if constexpr (std::is_same_v<Number, double>) {
      return std::bit_cast<double>(Take<uint64_t>());
    } else {
      if (rest_.size() < sizeof(Number)) {
        failed_ = true;
        return 0;
      }
      uint64_t value = 0;
      for (size_t i = 0; i < sizeof(Number); ++i) value |= uint64_t{static_cast<uint8_t>(rest_[i])} << (8 * i);
      rest_.remove_prefix(sizeof(Number));
      return static_cast<Number>(value);
    }
  }
  std::string_view TakeText(size_t size) {
    if (rest_.size() < size) {
      failed_ = true;
      return {};
    }
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  [[nodiscard]] size_t Left() const { return rest_.size(); }
  [[nodiscard]] bool failed() const { return failed_; }
  // Whether all was read, and nothing was missing.
  [[nodiscard]] bool Complete() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace opentrail::engine
