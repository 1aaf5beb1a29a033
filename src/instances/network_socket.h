#pragma once

#include <cstdint>

#include "base/result.h"
#include "instances/file_descriptor.h"
#include "instances/network_address.h"

namespace opentrail::instances {

enum class Transport : uint8_t { kTcp, kUdp };

// A socket that takes connections or datagrams at the address, which must be one of the namespace's: the socket stays
// in that namespace, whoever holds it. kIo says what the kernel refuses.
Result<FileDescriptor> ListenInNetworkNamespace(int network_namespace, Transport transport, Ipv4 address,
                                                uint16_t port);

// A TCP socket of the namespace that is on its way to the address, without blocking: writable when it has arrived.
Result<FileDescriptor> ConnectInNetworkNamespace(int network_namespace, Ipv4 address, uint16_t port);

}  // namespace opentrail::instances
