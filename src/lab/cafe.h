#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/cancel.h"
#include "base/clock.h"
#include "lab/account_client.h"
#include "lab/draw.h"
#include "lab/lab_state.h"

namespace opentrail::lab {

// The story's people and things, as the exercise names them.
inline constexpr const char* kStudent = "sofia";  // signs in to the console, and may do everything
inline constexpr const char* kStaffNames[kStaff] = {"faythe", "frank", "martha"};
inline constexpr const char* kIntruder = "chaos";            // in the account
inline constexpr const char* kIntruderLogin = "chaos-user";  // at the web server
inline constexpr const char* kServerName = "Cafe Web Server";
inline constexpr const char* kServerGroup = "WebSecurityGroup";
inline constexpr const char* kKeyPair = "labsuser";
inline constexpr const char* kTrail = "monitor";  // its creation is what the intruder waits for
inline constexpr const char* kPicture = "Coffee-and-Pastries";

// Builds the Café into a new account, by its API, as its root user: the people of the story, the website's bucket, the
// web server with its role. Returns when the website is served at its address. The key pair is left in DATA/lab as
// labsuser.pem and labsuser.ppk. Errors name the call that was refused.
[[nodiscard]] Result<LabState> BuildCafe(AccountClient& root, const Draw& draw, const std::string& data_directory,
                                         const std::function<void(std::string_view)>& progress,
                                         const CancelToken& cancel);

// The web server as EC2 has it now: another address after a stop and a start, none while it is stopped.
struct ServerLook {
  std::string state;    // "running"
  std::string address;  // ""
  std::string reason;   // why it is no more
};
[[nodiscard]] AwsResult<ServerLook> LookAtServer(AccountClient& account, std::string_view instance_id);

// Waits until a web server that is to run serves http://ADDRESS/PATH; its address. "" where somebody has stopped it.
// kIo where it does not come.
[[nodiscard]] Result<std::string> AwaitWebsite(AccountClient& account, std::string_view instance_id,
                                               std::string_view path, const CancelToken& cancel);

// What GET http://ADDRESS/PATH answers, from this machine; kIo where it does not, or not with 200.
[[nodiscard]] Result<std::string> GetPage(std::string_view address, std::string_view path);

}  // namespace opentrail::lab
