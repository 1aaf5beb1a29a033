#pragma once

#include "instances/init/boot_record.h"

namespace opentrail::instances::init {

// The web server and sshd at once, where /etc/rc2.d starts them; the services that a user added follow.
void StartServices();
void StartRemainingServices();

// The host keys' fingerprints on the console, between the marks that EC2 tools look for. May return before they stand
// there.
void ShowHostKeys(const BootRecord& record, bool first_boot);

// Asks every process to end, waits a while, and ends what is left.
void StopEverything();

}  // namespace opentrail::instances::init
