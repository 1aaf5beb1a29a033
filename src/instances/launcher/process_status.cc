#include "instances/launcher/process_status.h"

#include <fstream>
#include <ios>
#include <sstream>
#include <string>

#include <fmt/format.h>

namespace opentrail::instances {

std::optional<ProcessStatus> ReadProcessStatus(int64_t process) {
  std::ifstream file(fmt::format("/proc/{}/status", process));
  ProcessStatus status;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name == "NSpid:") {
      for (int64_t number = 0; words >> number;) status.inside_number = number;  // the innermost comes last
    }
    if (name == "CapEff:") words >> std::hex >> status.effective_capabilities;
  }
  if (status.inside_number == 0) return std::nullopt;
  return status;
}

}  // namespace opentrail::instances
