#include "cli/instance_reach.h"

#include <filesystem>

#include "cli/instance_record.h"
#include "instances/internet_socket.h"
#include "instances/level.h"

namespace opentrail::cli {

Status ReachInstances(const std::string& data) {
  if (ReadHostStatus(data)["level"].Text() != instances::LevelName(instances::Level::kUserNamespace)) return {};
  auto guest = instances::JoinInternet(std::filesystem::absolute(data), instances::kOwnMachine);
  if (!guest) return std::unexpected(guest.error());
  return instances::EnterHost(*guest);
}

}  // namespace opentrail::cli
