#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "codec/cipher.h"

// The bytes of one content at rest, in a file or inline: a head and sealed blocks. docs/formats/object-content.md.
namespace opentrail::store {

inline constexpr size_t kBlockBytes = 64 * 1024;  // of plain bytes; the last block may have less, down to none
inline constexpr size_t kSealedBlockBytes = kBlockBytes + codec::kCipherTagBytes;
inline constexpr size_t kContentHeadBytes = 16;
inline constexpr uint64_t kMaxContentBlocks = uint64_t{1} << 32;

// The number of blocks of a content of `size` plain bytes, and its size at rest.
[[nodiscard]] constexpr uint64_t BlockCount(uint64_t size) {
  return size == 0 ? 1 : (size + kBlockBytes - 1) / kBlockBytes;
}
[[nodiscard]] constexpr uint64_t SizeAtRest(uint64_t size) {
  return kContentHeadBytes + size + BlockCount(size) * codec::kCipherTagBytes;
}

enum class BlockPlace : uint8_t { kInside, kLast };

// Seals the blocks of one content in their order.
class BlockSealer {
 public:
  // key: 32 bytes, of this content alone.
  BlockSealer(std::string_view key, RandomSource& random);
  [[nodiscard]] const std::string& head() const { return head_; }
  [[nodiscard]] uint64_t blocks() const { return blocks_; }
  // Appends the next block to `out`. At most kMaxContentBlocks of them.
  void Seal(std::string_view plain, BlockPlace place, std::string& out);

 private:
  codec::Cipher cipher_;
  std::string head_;
  uint64_t blocks_ = 0;
};

// Opens blocks of one content in any order.
class BlockOpener {
 public:
  BlockOpener(std::string_view key, std::string_view head);
  // nullopt where it is not that block of that content.
  [[nodiscard]] std::optional<std::string> Open(uint64_t number, BlockPlace place, std::string_view sealed);

 private:
  codec::Cipher cipher_;
  std::string head_;
};

}  // namespace opentrail::store
