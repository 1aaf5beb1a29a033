#include "instances/network_namespace.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "instances/netlink_route.h"

namespace opentrail::instances {
namespace {

// Goes back to the namespace that the thread was in when this was made.
class Homecoming {
 public:
  explicit Homecoming(FileDescriptor home) : home_(std::move(home)) {}
  ~Homecoming() {
    if (setns(home_.get(), CLONE_NEWNET) == 0) return;
    fmt::print(stderr, "cannot return to the network namespace of the process: {}\n", std::strerror(errno));
    std::abort();
  }
  Homecoming(const Homecoming&) = delete;
  Homecoming& operator=(const Homecoming&) = delete;

 private:
  FileDescriptor home_;
};

// A new namespace has the host's settings; what it does must not depend on them. Redirects would lead past a router.
constexpr std::pair<std::string_view, std::string_view> kInterfaceSysctls[] = {
    {"forwarding", "0"}, {"rp_filter", "0"},        {"arp_filter", "0"},     {"arp_ignore", "0"},
    {"proxy_arp", "0"},  {"accept_redirects", "0"}, {"send_redirects", "0"},
};

// Before anything is up: an interface gets no address of its own accord.
Status Furnish() {
  const bool has_ipv6 = access("/proc/sys/net/ipv6", F_OK) == 0;
  Status status;
  for (const std::string_view which : {"all", "default"}) {
    if (status && has_ipv6) status = WriteSysctl(fmt::format("net/ipv6/conf/{}/disable_ipv6", which), "1");
    for (const auto& [name, value] : kInterfaceSysctls) {
      if (status) status = WriteSysctl(fmt::format("net/ipv4/conf/{}/{}", which, name), value);
    }
  }
  if (!status) return status;
  auto routes = RouteSocket::Open();
  if (!routes) return std::unexpected(routes.error());
  return routes->SetUp("lo");
}

}  // namespace

Result<FileDescriptor> CurrentNetworkNamespace() {
  FileDescriptor current(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!current) return MakeError(ErrorCode::kIo, "/proc/thread-self/ns/net: {}", std::strerror(errno));
  return current;
}

Result<FileDescriptor> MakeNetworkNamespace() {
  auto home = CurrentNetworkNamespace();
  if (!home) return home;
  if (unshare(CLONE_NEWNET) != 0) {
    return MakeError(ErrorCode::kIo, "no network namespace can be made: {}", std::strerror(errno));
  }
  const Homecoming homecoming(std::move(*home));
  auto made = CurrentNetworkNamespace();
  if (!made) return made;
  if (const Status furnished = Furnish(); !furnished) return std::unexpected(furnished.error());
  return made;
}

Status InNetworkNamespace(int descriptor, const std::function<Status()>& work) {
  auto home = CurrentNetworkNamespace();
  if (!home) return std::unexpected(home.error());
  if (setns(descriptor, CLONE_NEWNET) != 0) {
    return MakeError(ErrorCode::kIo, "a network namespace cannot be entered: {}", std::strerror(errno));
  }
  const Homecoming homecoming(std::move(*home));
  return work();
}

Status WriteSysctl(std::string_view name, std::string_view value) {
  const std::string path = fmt::format("/proc/sys/{}", name);
  const FileDescriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file || write(file.get(), value.data(), value.size()) != static_cast<ssize_t>(value.size())) {
    return MakeError(ErrorCode::kIo, "{}: {}", path, std::strerror(errno));
  }
  return {};
}

}  // namespace opentrail::instances
