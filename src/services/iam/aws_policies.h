#pragma once

#include <span>
#include <string>
#include <string_view>

namespace opentrail::services::iam {

// A policy that AWS manages: the same in every account, under arn:aws:iam::aws:policy/.
struct AwsPolicy {
  std::string_view path;  // "/", "/job-function/"
  std::string_view name;
  std::string_view id;
  std::string_view version;  // "v1"
  std::string_view created;  // ISO 8601
  std::string_view description;
  std::string_view document;

  [[nodiscard]] std::string Arn() const { return "arn:aws:iam::aws:policy" + std::string(path) + std::string(name); }
};

// Sorted by name.
[[nodiscard]] std::span<const AwsPolicy> AwsPolicies();
// nullptr: there is no such.
[[nodiscard]] const AwsPolicy* FindAwsPolicy(std::string_view arn);

}  // namespace opentrail::services::iam
