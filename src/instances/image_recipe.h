#pragma once

#include <string>
#include <string_view>

namespace opentrail::instances {

inline constexpr std::string_view kImageSuite = "bookworm";

// The Debian packages of the image that instances start from, separated by commas.
[[nodiscard]] std::string_view ImagePackages();
// A POSIX shell script that makes a Debian root directory ($1) what a user of Amazon Linux expects: ec2-user with
// sudo, key logins only, `service sshd`, nginx over /var/www/html.
[[nodiscard]] std::string_view ImageScript();
// Changes whenever the image would: its name in the cache.
[[nodiscard]] std::string ImageKey();

}  // namespace opentrail::instances
