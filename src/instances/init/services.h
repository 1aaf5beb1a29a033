#pragma once

#include <string_view>

namespace opentrail::instances::init {

// Host keys where they are missing, then the web server and sshd at once, where /etc/rc2.d starts them; RSA's slow key
// and the services that a user added follow.
void StartServices();
void StartRemainingServices();

// The public halves' fingerprints on the console, between the marks that EC2 tools look for.
void ShowHostKeys();

// Runs user data that is a script (#!...), as root; its output goes to the console and to
// /var/log/cloud-init-output.log. Returns at once.
void StartUserData(std::string_view data);

// Asks every process to end, waits a while, and ends what is left.
void StopEverything();

}  // namespace opentrail::instances::init
