#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "logs/s3_client.h"

namespace opentrail::cli {

// What the user says of an S3 on the command line; the rest comes from where the aws CLI has it.
struct S3Options {
  std::string profile;
  std::string endpoint_url;
  std::string region;
  std::string ca_bundle;
  bool no_sign_request = false;
};

// Sections and settings of an AWS configuration file: "[profile chaos]" is "chaos" there, "[chaos]" in credentials.
// Nested settings (s3 =) are left out. Pure.
using ProfileSettings = std::map<std::string, std::string, std::less<>>;
[[nodiscard]] std::map<std::string, ProfileSettings, std::less<>> ParseAwsConfig(std::string_view text);

// A variable of the environment; nullopt: it is not set, or empty.
using Environment = std::function<std::optional<std::string>(const char* name)>;

// The endpoint, region and keys as the aws CLI finds them: options, then AWS_ACCESS_KEY_ID … AWS_REGION,
// AWS_ENDPOINT_URL and AWS_CA_BUNDLE, then the profile of ~/.aws/credentials and ~/.aws/config (or where
// AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE say). Error: kNotFound, no keys, or a profile that takes them from
// elsewhere. https://docs.aws.amazon.com/cli/latest/userguide/cli-chap-configure.html
[[nodiscard]] Result<logs::S3Endpoint> FindS3Endpoint(const S3Options& options, const Environment& environment);
// The process's environment. Before any thread is started.
[[nodiscard]] std::optional<std::string> ProcessEnvironment(const char* name);

}  // namespace opentrail::cli
