#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace opentrail::store {

// Encrypts what must not lie in the open (secret access keys, KMS key material, object keys) under the data
// directory's root key: AES-256-GCM, a fresh nonce each time, bound to a purpose. Thread-safe.
class Secrets {
 public:
  static constexpr size_t kKeyBytes = 32;

  // Reads `path`, or makes it (mode 0600, synced) where there is none. kCorrupt where it is no key, kInvalidArgument
  // where others may read it.
  static Result<std::unique_ptr<Secrets>> Open(const std::string& path, RandomSource& random);
  // A key in memory: data keys of KMS, keys that a customer brings, tests.
  static std::unique_ptr<Secrets> WithKey(std::string key, RandomSource& random);
  ~Secrets();

  // `purpose` ("iam.access-key AKIA...") must be the same at Unseal: a sealed text cannot be moved elsewhere.
  [[nodiscard]] std::string Seal(std::string_view plaintext, std::string_view purpose) const;
  // kCorrupt where it was not sealed here for this purpose.
  [[nodiscard]] Result<std::string> Unseal(std::string_view sealed, std::string_view purpose) const;

 private:
  struct Impl;
  explicit Secrets(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opentrail::store
