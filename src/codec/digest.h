#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

// Digests and message authentication codes (OpenSSL). Results are raw bytes: HexEncode or Base64Encode them.
namespace opentrail::codec {

[[nodiscard]] std::string Sha256(std::string_view bytes);
[[nodiscard]] std::string Sha1(std::string_view bytes);
[[nodiscard]] std::string Md5(std::string_view bytes);
[[nodiscard]] std::string HmacSha256(std::string_view key, std::string_view bytes);
[[nodiscard]] std::string HmacSha1(std::string_view key, std::string_view bytes);

enum class DigestAlgorithm : uint8_t { kMd5, kSha1, kSha256, kCrc32, kCrc32c, kCrc64Nvme };
// A digest over pieces. CRCs come big-endian, as S3's checksum headers carry them. Movable; not thread-safe.
class Digest {
 public:
  explicit Digest(DigestAlgorithm algorithm);
  ~Digest();
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;
  void Update(std::string_view bytes);
  // Ends it: no Update afterwards.
  [[nodiscard]] std::string Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace opentrail::codec
