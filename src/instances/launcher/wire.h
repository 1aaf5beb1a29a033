#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "codec/value.h"
#include "instances/file_descriptor.h"

// Messages between the server and its launcher: a value as JSON and open files beside it, over a SOCK_SEQPACKET pair.
namespace opentrail::instances {

inline constexpr size_t kMaxMessage = 192 * 1024;
inline constexpr size_t kMaxMessageDescriptors = 16;

struct Message {
  Value value;
  std::vector<FileDescriptor> descriptors;
};

// Both ends of a new connection, with room for a message of kMaxMessage.
[[nodiscard]] Result<std::pair<FileDescriptor, FileDescriptor>> MakeConnection();

// kLimitExceeded for too long a message, kIo where the other end is gone.
[[nodiscard]] Status SendMessage(int socket, const Value& value, const std::vector<int>& descriptors = {});
// nullopt: the other end has closed.
[[nodiscard]] Result<std::optional<Message>> ReceiveMessage(int socket);

}  // namespace opentrail::instances
