#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/value.h"
#include "instances/host.h"
#include "instances/launcher/launch_request.h"
#include "instances/launcher_channel.h"
#include "instances/level.h"

namespace opentrail::instances {

// Who knows what an instance is, and wants to hear what becomes of it. All is called on the thread of Hosts; it may
// call Hosts.
class HostSource {
 public:
  virtual ~HostSource() = default;
  // What to launch; here the instance's VPC and security groups are made known to the network through `channel`.
  // `image` is left empty.
  virtual Result<LaunchRequest> RequestFor(std::string_view instance_id, LauncherChannel& channel) = 0;
  virtual void Changed(const HostEvent& event) = 0;
};

struct HostsOptions {
  std::string data_directory;
  std::string image_directory;    // the cache: DefaultImageDirectory()
  std::string program_directory;  // of opentrail-launcher and opentrail-init
  // A line on what takes long: building the image.
  std::function<void(std::string_view)> progress = [](std::string_view) {};
};

// The instances of an account as hosts of this machine. Wishes return at once and are carried out one after another;
// states are told as they come about. Instances live as long as this does; their disks stay until they are terminated.
// The launcher's process is started with the first instance. Thread-safe.
class Hosts {
 public:
  // Removes what a killed server left. Never fails for want of rights: level() says what can be had.
  static Result<std::unique_ptr<Hosts>> Start(HostsOptions options, HostSource& source);
  ~Hosts();

  [[nodiscard]] const LevelFinding& level() const;
  // kUnsupported or kLimitExceeded, with the reason, where one more instance cannot be had.
  [[nodiscard]] Status CanLaunch() const;

  void Launch(std::string instance_id);  // a new one, or one that is stopped
  void Stop(std::string instance_id);
  void Reboot(std::string instance_id);
  void Terminate(std::string instance_id);  // its disk goes, too
  // Disks of instances that are not of these are removed: those that were terminated while no server ran.
  void KeepOnly(std::vector<std::string> instance_ids);

  // The last 64 KiB that the instance wrote to its console, through stops and starts; kNotFound before its first one.
  [[nodiscard]] Result<std::string> ConsoleOutput(std::string_view instance_id) const;
  // To the launcher, as long as this lives; kIo while there is none: before the first launch.
  [[nodiscard]] LauncherChannel& channel();
  // For `opentrail status`: level, reason, image, instances with state and process.
  [[nodiscard]] Value Describe() const;

 private:
  struct Impl;
  explicit Hosts(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opentrail::instances
