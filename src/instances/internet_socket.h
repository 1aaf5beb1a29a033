#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/result.h"
#include "instances/file_descriptor.h"

namespace opentrail::instances {

// In an address's place: the host that stands for this machine, where it has no link of its own (an ordinary user's).
inline constexpr std::string_view kOwnMachine = "this machine";

// Lets programs of this machine be hosts on the internet that instances see, each with an address of its own: a Unix
// socket in the data directory, for the server's own user and root. A message {"Address": "203.0.113.66"} is answered
// with the host's network namespace, or {"Error": "..."}; the host lives as long as the connection.
class InternetSocket {
 public:
  struct Hosts {
    std::function<Result<FileDescriptor>(std::string_view address)> add;
    std::function<Status(std::string_view address)> remove;
  };
  // Takes the place of what an earlier server left there. `hosts` is called on a thread of its own, until this is
  // destroyed. kIo.
  static Result<std::unique_ptr<InternetSocket>> Listen(const std::string& data_directory, Hosts hosts);
  ~InternetSocket();
  InternetSocket(const InternetSocket&) = delete;
  InternetSocket& operator=(const InternetSocket&) = delete;

 private:
  struct Guest {
    FileDescriptor connection;
    std::string address;  // "" before it said which
  };
  InternetSocket(FileDescriptor listener, FileDescriptor wake, Hosts hosts);
  void Loop();
  void Accept();
  // Whether the guest stays.
  bool Answer(Guest& guest);
  void Leave(const Guest& guest);

  const FileDescriptor listener_, wake_;
  const Hosts hosts_;
  std::map<int, Guest> guests_;  // by descriptor
  std::thread thread_;
};

// The other side: a host on the internet of the server that runs over that data directory.
struct InternetGuest {
  FileDescriptor connection;  // the host goes when it is closed; it ends where the server does
  FileDescriptor network_namespace;
};
// kNotFound where no server has a network: an instance must run. kInvalidArgument where the address cannot be had.
[[nodiscard]] Result<InternetGuest> JoinInternet(const std::string& data_directory, std::string_view address);
// The calling process, which has one thread, is on that host from here on.
[[nodiscard]] Status EnterHost(const InternetGuest& guest);

}  // namespace opentrail::instances
