#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/aws_error.h"
#include "base/random.h"
#include "instances/launcher/launch_request.h"

// SSH key pairs as EC2 hands them out and takes them in (OpenSSL).
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-key-pairs.html
namespace opentrail::services::ec2 {

enum class KeyType : uint8_t { kRsa, kEd25519 };
enum class KeyFormat : uint8_t { kPem, kPpk };

struct KeyMaterial {
  // PEM is PKCS#1 for RSA and OpenSSH's own format for ED25519; PPK is PuTTY's. "" where the pair was imported.
  std::string private_key;
  std::string public_key;   // "ssh-rsa AAAA..."
  std::string fingerprint;  // as EC2 computes it for this kind
  KeyType type = KeyType::kRsa;
};

// A new pair; slow for RSA (2048 bits). PPK carries `name` as its comment.
[[nodiscard]] AwsResult<KeyMaterial> MakeKeyMaterial(KeyType type, KeyFormat format, std::string_view name,
                                                     RandomSource& random);
// Keys for an instance's sshd, of the kinds that Amazon Linux makes: ED25519 and ECDSA on P-256; in microseconds. Those
// that cannot be made are not there.
[[nodiscard]] std::vector<instances::HostKey> MakeHostKeys(RandomSource& random);
// The same RSA key, from PKCS#1 in PEM, as PuTTY's; `name` is its comment. InvalidKey.Format.
[[nodiscard]] AwsResult<std::string> PpkFromPem(std::string_view pem, std::string_view name);
// An OpenSSH public key line, ssh-rsa or ssh-ed25519. InvalidKey.Format.
[[nodiscard]] AwsResult<KeyMaterial> ReadPublicKey(std::string_view text);

}  // namespace opentrail::services::ec2
