#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

// Processes and files as an instance's init needs them, with system calls alone.
namespace opentrail::instances::init {

// Starts a program with its arguments and a root user's environment; its output goes to the console. -1 where it
// cannot be started at all.
[[nodiscard]] pid_t StartProgram(const std::vector<std::string>& command);
// Waits for it; true where it ended with 0. Anything else that ends meanwhile is reaped, too.
bool FinishProgram(pid_t process);
bool RunProgram(const std::vector<std::string>& command);

// On the console, as it is.
void Print(std::string_view text);
// A line on the console: the kernel's log of a real machine.
void Say(std::string_view text);

[[nodiscard]] bool Exists(const char* path);
// Replaces or makes the file; symbolic links are not followed. Complains on the console where that fails.
void WriteFile(const char* path, std::string_view text, mode_t mode);
void AppendFile(const char* path, std::string_view text);
void MakeDirectory(const char* path, mode_t mode);

}  // namespace opentrail::instances::init
