#include <fcntl.h>
#include <linux/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "instances/network.h"

namespace opentrail::instances {
namespace {

Status BringLoopbackUp() {
  const FileDescriptor control(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (!control || ioctl(control.get(), SIOCSIFFLAGS, &request) != 0)
    return MakeError(ErrorCode::kIo, "lo cannot be brought up: {}", std::strerror(errno));
  return {};
}

// Instances without a network: each in a namespace that has its loopback alone.
class LoopbackOnly final : public Network {
 public:
  Result<Attachment> Attach(const InterfaceSpec& spec) override {
    const FileDescriptor own(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    if (!own || unshare(CLONE_NEWNET) != 0) {
      return MakeError(ErrorCode::kIo, "{}: no network namespace: {}", spec.instance_id, std::strerror(errno));
    }
    const Status up = BringLoopbackUp();
    Attachment attachment;
    attachment.network_namespace.Reset(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
    if (setns(own.get(), CLONE_NEWNET) != 0)
      return MakeError(ErrorCode::kIo, "the way back from a network namespace: {}", std::strerror(errno));
    if (!up) return std::unexpected(up.error());
    return attachment;
  }
  Status Detach(std::string_view) override { return {}; }
  Status SetPublicAddress(std::string_view, std::optional<std::string>) override { return {}; }
  Status SetSecurityGroups(std::string_view, std::vector<std::string>) override { return {}; }
  Status ApplySecurityGroup(const SecurityGroup&) override { return {}; }
  Status RemoveSecurityGroup(std::string_view) override { return {}; }
  std::optional<InterfaceOwner> OwnerOf(std::string_view, std::string_view) override { return std::nullopt; }
  Result<Answer> Call(std::string_view operation, const Value&, std::vector<FileDescriptor>) override {
    return MakeError(ErrorCode::kUnsupported, "{}: instances have no network here", operation);
  }
};

}  // namespace

Result<std::unique_ptr<Network>> Network::Open(const Options& /*options*/) { return std::make_unique<LoopbackOnly>(); }

}  // namespace opentrail::instances
