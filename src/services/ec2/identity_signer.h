#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "instances/metadata_handler.h"

namespace opentrail::services::ec2 {

// Signs instance identity documents as the account's EC2. AWS publishes its certificates; this one's is
// DATA/instances/identity.pem, made with the first signature, which takes a tenth of a second. Thread-safe.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-signature.html
class DocumentSigner final : public instances::IdentitySigner {
 public:
  // `directory` is there by the first signature. `clock` outlives this.
  DocumentSigner(std::string directory, Clock& clock);
  ~DocumentSigner() override;

  // "" where no key can be had: the reason goes to standard error.
  std::string Signature(std::string_view document) override;
  // With the document inside, and without the certificate, as AWS's.
  std::string Pkcs7(std::string_view document) override;

 private:
  struct Keys;
  // nullptr where there are none. Under the mutex.
  const Keys* EnsureKeys();

  const std::string directory_;
  Clock& clock_;
  std::mutex mutex_;
  std::unique_ptr<Keys> keys_;
};

}  // namespace opentrail::services::ec2
