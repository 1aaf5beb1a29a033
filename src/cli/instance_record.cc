#include "cli/instance_record.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "codec/json_value.h"
#include "store/connection.h"

namespace opentrail::cli {

Result<InstanceRecord> FindInstance(const std::string& data_directory, std::string_view id_or_name) {
  const std::string file = data_directory + "/account.db";
  if (!std::filesystem::exists(file)) return MakeError(ErrorCode::kNotFound, "{}: holds no account", data_directory);
  auto state = store::Connection::Open(file, store::OpenMode::kReadOnly);
  if (!state) return std::unexpected(state.error());
  std::vector<InstanceRecord> found;
  {
    store::Rows rows = state->Query(
        "SELECT instance_id, coalesce(t.value, ''), private_ip, coalesce(public_ip, '') FROM ec2_instance LEFT JOIN "
        "ec2_tag t ON t.resource_id = instance_id AND t.key = 'Name' WHERE wanted <> 'terminated' AND "
        "(instance_id = ? OR t.value = ?)",
        id_or_name, id_or_name);
    while (rows.Next()) {
      found.push_back(
          {std::string(rows.Text(0)), std::string(rows.Text(1)), std::string(rows.Text(2)), std::string(rows.Text(3))});
    }
  }
  if (!state->status()) return std::unexpected(state->status().error());
  if (found.empty()) return MakeError(ErrorCode::kNotFound, "no instance has the id or the name {}", id_or_name);
  if (found.size() > 1) {
    return MakeError(ErrorCode::kInvalidArgument, "{} instances have the name {}; take an id: {}, ...", found.size(),
                     id_or_name, found.front().id);
  }
  return std::move(found.front());
}

Value ReadHostStatus(const std::string& data_directory) {
  std::ifstream in(data_directory + "/instances/status.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return codec::ParseJsonValue(text).value_or(Value());
}

}  // namespace opentrail::cli
