#pragma once

#include <string>

#include "lab/draw.h"

namespace opentrail::lab {

// What makes a new instance the Café's web server: a script for its user data. It fetches the website from its bucket,
// gives the editors of the website their user chaos-user with a password, and lets sshd take passwords, as somebody
// once thought convenient.
[[nodiscard]] std::string WebServerUserData(const Draw& draw);

}  // namespace opentrail::lab
