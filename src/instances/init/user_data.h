#pragma once

#include <string_view>

namespace opentrail::instances::init {

// What cloud-init makes of user data at the first boot, as root: a script (#!...), #cloud-config, MIME multi-part, any
// of them gzipped. Output goes to the console and to /var/log/cloud-init-output.log; what is not understood, or cannot
// be had, is said there. Returns at once.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
void StartUserData(std::string_view data);

}  // namespace opentrail::instances::init
