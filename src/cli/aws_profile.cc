#include "cli/aws_profile.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace opentrail::cli {
namespace {

constexpr std::string_view kBlank = " \t\r";
constexpr std::string_view kProfilePrefix = "profile ";
constexpr const char* kDefaultRegion = "us-east-1";

std::string_view Trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) + 1 - first);
}

// The settings of one profile in one file; none where there is no such file.
ProfileSettings ReadProfile(const std::filesystem::path& file, const std::string& profile) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) return {};
  const auto profiles = ParseAwsConfig(std::move(text).str());
  const auto found = profiles.find(profile);
  return found != profiles.end() ? found->second : ProfileSettings();
}

// Of the first that has it.
std::optional<std::string> FirstOf(std::initializer_list<std::optional<std::string>> values) {
  for (const auto& value : values) {
    if (value && !value->empty()) return value;
  }
  return std::nullopt;
}

std::optional<std::string> Setting(const ProfileSettings& settings, std::string_view name) {
  const auto found = settings.find(name);
  return found != settings.end() ? std::optional(found->second) : std::nullopt;
}

std::optional<sigv4::ClientCredentials> KeysOf(const ProfileSettings& settings) {
  const auto id = Setting(settings, "aws_access_key_id");
  const auto secret = Setting(settings, "aws_secret_access_key");
  if (!id || !secret) return std::nullopt;
  return sigv4::ClientCredentials{*id, *secret, Setting(settings, "aws_session_token").value_or("")};
}

// A way to get keys that only the CLI itself goes.
std::optional<std::string> OtherWay(const ProfileSettings& settings) {
  constexpr std::array<std::string_view, 6> kWays = {"credential_process", "role_arn",       "sso_session",
                                                     "sso_start_url",      "source_profile", "web_identity_token_file"};
  for (const std::string_view way : kWays) {
    if (settings.contains(way)) return std::string(way);
  }
  return std::nullopt;
}

}  // namespace

std::map<std::string, ProfileSettings, std::less<>> ParseAwsConfig(std::string_view text) {
  std::map<std::string, ProfileSettings, std::less<>> profiles;
  ProfileSettings* current = nullptr;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view whole = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view line = Trim(whole);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line[0] == '[') {
      std::string_view name = Trim(line.substr(1, line.find(']') - 1));
      if (name.starts_with(kProfilePrefix)) name = Trim(name.substr(kProfilePrefix.size()));
      current = &profiles[std::string(name)];
      continue;
    }
    const bool is_nested = whole[0] == ' ' || whole[0] == '\t';
    const size_t equals = line.find('=');
    if (current == nullptr || is_nested || equals == std::string_view::npos) continue;
    (*current)[std::string(Trim(line.substr(0, equals)))] = Trim(line.substr(equals + 1));
  }
  return profiles;
}

Result<logs::S3Endpoint> FindS3Endpoint(const S3Options& options, const Environment& environment) {
  const std::filesystem::path home(environment("HOME").value_or(""));
  const std::string profile =
      FirstOf({options.profile, environment("AWS_PROFILE"), environment("AWS_DEFAULT_PROFILE")}).value_or("default");
  const ProfileSettings config =
      ReadProfile(environment("AWS_CONFIG_FILE").value_or((home / ".aws" / "config").string()), profile);
  const ProfileSettings secrets = ReadProfile(
      environment("AWS_SHARED_CREDENTIALS_FILE").value_or((home / ".aws" / "credentials").string()), profile);
  logs::S3Endpoint endpoint;
  endpoint.url = FirstOf({options.endpoint_url, environment("AWS_ENDPOINT_URL_S3"), environment("AWS_ENDPOINT_URL"),
                          Setting(config, "endpoint_url")})
                     .value_or("");
  endpoint.region = FirstOf({options.region, environment("AWS_REGION"), environment("AWS_DEFAULT_REGION"),
                             Setting(config, "region"), Setting(secrets, "region")})
                        .value_or(kDefaultRegion);
  endpoint.ca_file =
      FirstOf({options.ca_bundle, environment("AWS_CA_BUNDLE"), Setting(config, "ca_bundle")}).value_or("");
  if (options.no_sign_request) return endpoint;
  const auto id = environment("AWS_ACCESS_KEY_ID");
  const auto secret = environment("AWS_SECRET_ACCESS_KEY");
  if (options.profile.empty() && id && secret) {
    endpoint.credentials = {*id, *secret, environment("AWS_SESSION_TOKEN").value_or("")};
    return endpoint;
  }
  endpoint.credentials = KeysOf(secrets);
  if (!endpoint.credentials) endpoint.credentials = KeysOf(config);
  if (endpoint.credentials) return endpoint;
  if (const auto way = OtherWay(config)) {
    return MakeError(ErrorCode::kUnsupported,
                     "profile '{0}' takes its keys by {1}, which is not read here; put them into the environment: eval "
                     "\"$(aws configure export-credentials --profile {0} --format env)\"",
                     profile, *way);
  }
  return MakeError(
      ErrorCode::kNotFound,
      "no AWS keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a --profile that has them, or ask "
      "unsigned with --no-sign-request");
}

// getenv is read before any thread is started.
std::optional<std::string> ProcessEnvironment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value != nullptr && *value != '\0' ? std::optional<std::string>(value) : std::nullopt;
}

}  // namespace opentrail::cli
