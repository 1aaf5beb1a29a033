#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "sigv4/signature.h"

namespace opentrail::lab {

// Somebody with a machine of their own: a Python program of lab/ on a host of the internet, with that address
// (`opentrail internet`), an access key, and a folder DATA/lab/NAME that is their home and holds their log.
struct Visitor {
  std::string name;     // "intruder"
  std::string address;  // "203.0.113.66"
  sigv4::ClientCredentials credentials;
  std::string_view program;                                           // its text: FindLabFile("attack/attack.py")
  std::vector<std::string> arguments;                                 // of the program
  std::vector<std::pair<std::string, std::string>> environment = {};  // beside what everybody has
};

// The visitor's machine while it runs; it is switched off with this.
class VisitorMachine {
 public:
  // `program`: opentrail itself; the directory is absolute.
  VisitorMachine(std::string program, std::string data_directory)
      : program_(std::move(program)), data_directory_(std::move(data_directory)) {}
  ~VisitorMachine() { End(); }
  VisitorMachine(const VisitorMachine&) = delete;
  VisitorMachine& operator=(const VisitorMachine&) = delete;

  Status Start(const Visitor& visitor);
  // Whether it still runs. One that has ended is collected.
  [[nodiscard]] bool IsRunning();
  void End();

  [[nodiscard]] static std::string Directory(const std::string& data_directory, std::string_view name);
  [[nodiscard]] static std::string Log(const std::string& data_directory, std::string_view name);

 private:
  const std::string program_, data_directory_;
  pid_t process_ = -1;
};

}  // namespace opentrail::lab
