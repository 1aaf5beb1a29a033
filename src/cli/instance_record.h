#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/value.h"

namespace opentrail::cli {

struct InstanceRecord {
  std::string id, name, private_address, public_address;
};

// An instance of the account in that directory, by its id or the value of its tag Name; one that was not terminated.
// kNotFound, kInvalidArgument where a name stands for several. Reads the account's state; a server may run over it.
[[nodiscard]] Result<InstanceRecord> FindInstance(const std::string& data_directory, std::string_view id_or_name);

// What the server over that directory says of its machine and its hosts (DATA/instances/status.json); null where it
// never said anything.
[[nodiscard]] Value ReadHostStatus(const std::string& data_directory);

}  // namespace opentrail::cli
