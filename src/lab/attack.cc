#include "lab/attack.h"

#include <filesystem>

#include "lab/lab_files.h"

namespace opentrail::lab {
namespace {

constexpr const char* kName = "intruder";

bool HasLine(std::string_view text, std::string_view line) {
  for (size_t at = text.find(line); at != std::string_view::npos; at = text.find(line, at + 1)) {
    const size_t end = at + line.size();
    if ((at == 0 || text[at - 1] == '\n') && (end == text.size() || text[end] == '\n')) return true;
  }
  return false;
}

std::string LastLine(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

Status Attack::Start(Kind kind) {
  const std::string directory = VisitorMachine::Directory(data_directory_, kName);
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  const Status kept = WriteOwnFile(directory + "/picture.jpg", FindLabFile("pictures/intruder.jpg"));
  if (!kept) return kept;
  return machine_.Start({.name = kName,
                         .address = lab_.draw.intruder_address,
                         .credentials = lab_.intruder,
                         .program = FindLabFile("attack/attack.py"),
                         .arguments = {kind == Kind::kFirst ? "picture.jpg" : "--again"},
                         .environment = {{"SSHPASS", lab_.draw.intruder_password}}});
}

AttackState Attack::Look() {
  const bool has_ended = !machine_.IsRunning();
  AttackState state{.phase = AttackPhase::kRunning};
  const std::string said = ReadOwnFile(VisitorMachine::Log(data_directory_, kName)).value_or("");
  if (HasLine(said, "logged in")) {
    state.phase = AttackPhase::kDone;
  } else if (has_ended) {
    state.phase = AttackPhase::kFailed;
    state.failure = LastLine(said);
  }
  return state;
}

}  // namespace opentrail::lab
