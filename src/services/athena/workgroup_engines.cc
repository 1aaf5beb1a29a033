#include "services/athena/workgroup_engines.h"

#include <string_view>

#include "engine/trino/statement_client.h"

namespace opentrail::services::athena {
namespace {

constexpr std::string_view kTrino = "trino=";
constexpr std::string_view kEmbedded = "embedded";

}  // namespace

Result<WorkgroupEngines> ParseWorkgroupEngines(std::span<const std::string> settings) {
  WorkgroupEngines engines;
  for (const std::string& setting : settings) {
    std::string_view engine = setting;
    std::string_view workgroup;
    // An address has colons, too, but behind its '='.
    if (const size_t colon = engine.substr(0, engine.find('=')).find(':'); colon != std::string_view::npos) {
      workgroup = engine.substr(0, colon);
      engine.remove_prefix(colon + 1);
    }
    std::string url;
    if (engine.starts_with(kTrino)) {
      url = engine.substr(kTrino.size());
      while (url.ends_with('/')) url.pop_back();
      if (Status status = engine::CheckTrinoUrl(url); !status) return std::unexpected(status.error());
    } else if (engine != kEmbedded) {
      return MakeError(ErrorCode::kInvalidArgument,
                       "{}: is no engine; one is [WORKGROUP:]trino=http://HOST:PORT or [WORKGROUP:]embedded", setting);
    }
    if (!engines.emplace(workgroup, std::move(url)).second) {
      return MakeError(ErrorCode::kInvalidArgument, "{}: the second engine for the same workgroup", setting);
    }
  }
  return engines;
}

}  // namespace opentrail::services::athena
