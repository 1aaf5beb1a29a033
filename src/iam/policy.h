#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/aws_error.h"

namespace opentrail::iam {

enum class PolicyKind : uint8_t {
  kIdentity,  // no Principal element
  kResource,  // Principal or NotPrincipal needed: bucket, key and trust policies
};

// A parsed policy document, ready to be evaluated. Immutable: share it between threads.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
class Policy {
 public:
  static constexpr size_t kMaxBytes = 131'072;

  // MalformedPolicyDocument with AWS's words where the text is none. At most kMaxBytes.
  static AwsResult<std::shared_ptr<const Policy>> Parse(std::string_view text, PolicyKind kind);

  struct Body;
  explicit Policy(std::unique_ptr<const Body> body);
  ~Policy();
  [[nodiscard]] const Body& body() const { return *body_; }

 private:
  std::unique_ptr<const Body> body_;
};

using PolicyPointer = std::shared_ptr<const Policy>;

}  // namespace opentrail::iam
