#include "lab/lab_state.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "codec/json_value.h"
#include "lab/process.h"

namespace opentrail::lab {
namespace {

constexpr std::string_view kPhases[] = {"awaited", "running", "done", "failed"};

Value ToValue(const sigv4::ClientCredentials& credentials) {
  return Value::Object(
      {{"AccessKeyId", credentials.access_key_id}, {"SecretAccessKey", credentials.secret_access_key}});
}

sigv4::ClientCredentials CredentialsOf(const Value& value) {
  return {std::string(value["AccessKeyId"].Text()), std::string(value["SecretAccessKey"].Text()), ""};
}

Result<Value> ReadJson(const std::string& path) {
  const auto text = ReadOwnFile(path);
  if (!text) return std::unexpected(text.error());
  return codec::ParseJsonValue(*text);
}

}  // namespace

std::string LabDirectory(const std::string& data_directory) { return data_directory + "/lab"; }

Status WriteOwnFile(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".new";
  const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool is_written = file >= 0;
  while (is_written && !bytes.empty()) {
    const ssize_t count = write(file, bytes.data(), bytes.size());
    is_written = count > 0 || errno == EINTR;
    if (count > 0) bytes.remove_prefix(static_cast<size_t>(count));
  }
  if (file >= 0) is_written = close(file) == 0 && is_written;
  if (!is_written || rename(temporary.c_str(), path.c_str()) != 0) {
    return MakeError(ErrorCode::kIo, "{}: {}", path, std::strerror(errno));
  }
  return {};
}

Result<std::string> ReadOwnFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return MakeError(ErrorCode::kNotFound, "{}: {}", path, std::strerror(errno));
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

Status WriteLabState(const std::string& data_directory, const LabState& state) {
  Value staff = Value::List();
  for (const sigv4::ClientCredentials& credentials : state.staff) staff.Append(ToValue(credentials));
  const Value value = Value::Object({{"Seed", static_cast<int64_t>(state.draw.seed)},
                                     {"InstanceId", state.instance_id},
                                     {"GroupId", state.group_id},
                                     {"PublicAddress", state.public_address},
                                     {"Keeper", ToValue(state.keeper)},
                                     {"Intruder", ToValue(state.intruder)},
                                     {"Staff", std::move(staff)}});
  return WriteOwnFile(LabDirectory(data_directory) + "/lab.json", codec::WriteJson(value) + "\n");
}

Result<LabState> ReadLabState(const std::string& data_directory) {
  const auto value = ReadJson(LabDirectory(data_directory) + "/lab.json");
  if (!value) {
    return MakeError(ErrorCode::kNotFound, "no lab is in {}; set one up: opentrail lab up", data_directory);
  }
  std::vector<sigv4::ClientCredentials> staff;
  for (const Value& credentials : (*value)["Staff"].elements()) staff.push_back(CredentialsOf(credentials));
  return LabState{.draw = DrawOf(static_cast<uint64_t>((*value)["Seed"].Integer(0))),
                  .instance_id = std::string((*value)["InstanceId"].Text()),
                  .group_id = std::string((*value)["GroupId"].Text()),
                  .public_address = std::string((*value)["PublicAddress"].Text()),
                  .keeper = CredentialsOf((*value)["Keeper"]),
                  .intruder = CredentialsOf((*value)["Intruder"]),
                  .staff = std::move(staff)};
}

Status WriteKeeperState(const std::string& data_directory, const KeeperState& state) {
  const Value value = Value::Object({{"pid", state.pid}, {"port", int64_t{state.port}}});
  return WriteOwnFile(LabDirectory(data_directory) + "/keeper.json", codec::WriteJson(value) + "\n");
}

Result<KeeperState> ReadKeeperState(const std::string& data_directory) {
  const auto value = ReadJson(LabDirectory(data_directory) + "/keeper.json");
  const int64_t pid = value ? (*value)["pid"].Integer(0) : 0;
  if (!IsProcessOf(static_cast<pid_t>(pid), data_directory)) {
    return MakeError(ErrorCode::kNotFound, "nobody keeps the lab in {}; go on with it: opentrail lab up",
                     data_directory);
  }
  return KeeperState{pid, static_cast<uint16_t>((*value)["port"].Integer(0))};
}

std::string_view AttackPhaseName(AttackPhase phase) { return kPhases[static_cast<size_t>(phase)]; }

Status WriteAttackState(const std::string& data_directory, const AttackState& state) {
  const Value value = Value::Object(
      {{"Phase", AttackPhaseName(state.phase)}, {"Finished", state.finished}, {"Failure", state.failure}});
  return WriteOwnFile(LabDirectory(data_directory) + "/attack.json", codec::WriteJson(value) + "\n");
}

AttackState ReadAttackState(const std::string& data_directory) {
  AttackState state;
  const auto value = ReadJson(LabDirectory(data_directory) + "/attack.json");
  if (!value) return state;
  for (size_t i = 0; i < std::size(kPhases); ++i) {
    if ((*value)["Phase"].Text() == kPhases[i]) state.phase = static_cast<AttackPhase>(i);
  }
  state.finished = (*value)["Finished"].Text();
  state.failure = (*value)["Failure"].Text();
  return state;
}

}  // namespace opentrail::lab
