#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace opentrail::cli {

struct InstanceRecord {
  std::string id, name, private_address, public_address;
};

// An instance of the account in that directory, by its id or the value of its tag Name; one that was not terminated.
// kNotFound, kInvalidArgument where a name stands for several. Reads the account's state; a server may run over it.
[[nodiscard]] Result<InstanceRecord> FindInstance(const std::string& data_directory, std::string_view id_or_name);

}  // namespace opentrail::cli
