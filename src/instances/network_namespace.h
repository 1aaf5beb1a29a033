#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "instances/file_descriptor.h"

// Network namespaces, held by file descriptors alone (network_namespaces(7)): the last one closed, the namespace goes
// with all that is in it. Only for a process with one thread, or a thread that nobody else counts on.
namespace opentrail::instances {

// The calling thread's own.
Result<FileDescriptor> CurrentNetworkNamespace();
// A new one with lo up and no IPv6; the caller stays where it is.
Result<FileDescriptor> MakeNetworkNamespace();
// Runs `work` inside of the namespace and comes back. Where it cannot come back the process ends: it would do its next
// work on the wrong network.
Status InNetworkNamespace(int descriptor, const std::function<Status()>& work);
// Inside a namespace: "net/ipv4/ip_forward" -> "1".
Status WriteSysctl(std::string_view name, std::string_view value);

}  // namespace opentrail::instances
