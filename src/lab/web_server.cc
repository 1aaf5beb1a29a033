#include "lab/web_server.h"

#include <crypt.h>

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/text.h"

namespace opentrail::lab {
namespace {

// The web server looks now and then where its website is kept: calls of its own in the trail, as any server has them.
constexpr const char* kScript = R"SH(#!/bin/bash
set -eu
bucket={bucket}

# Those who may edit the website. Editors like passwords better than keys.
groupadd cafe
useradd --create-home --shell /bin/bash --groups cafe --comment 'Website editor' --password '{password}' {login}
usermod --append --groups cafe ec2-user
sed -i -e '61s/^#PasswordAuthentication/PasswordAuthentication/' -e '63s/^PasswordAuthentication/#PasswordAuthentication/' /etc/ssh/sshd_config
service ssh restart

cat >/etc/init.d/cafe-media <<'EOT'
#!/bin/sh
### BEGIN INIT INFO
# Provides:          cafe-media
# Required-Start:    $network
# Required-Stop:
# Default-Start:     2 3 4 5
# Default-Stop:
# Short-Description: Looks for new media of the website
### END INIT INFO
case "$1" in
  start) setsid sh -c 'while :; do aws s3api get-bucket-location --bucket {bucket} || :; sleep 30; done' >/dev/null 2>&1 </dev/null & ;;
  stop) pkill -f 'get-bucket-location --bucket {bucket}' || : ;;
esac
EOT
chmod 755 /etc/init.d/cafe-media
update-rc.d cafe-media defaults
service cafe-media start

# The website comes last: once it is there, all is.
install -d -g cafe -m 2775 /var/www/html/cafe /var/www/html/cafe/images
for attempt in 1 2 3 4 5; do
  aws s3 cp "s3://$bucket/" /var/www/html/ --recursive --only-show-errors && break
  sleep 1
done
)SH";

// As /etc/shadow has it: user data can be read by whoever may describe the instance.
std::string HashPassword(const std::string& password) {
  constexpr size_t kSaltDigits = 16;
  const std::string salt = codec::HexEncode(codec::Sha256("salt of " + password)).substr(0, kSaltDigits);
  crypt_data data{};
  const char* hash = crypt_r(password.c_str(), ("$6$" + salt).c_str(), &data);
  return hash != nullptr ? hash : "!";
}

}  // namespace

std::string WebServerUserData(const Draw& draw) {
  return fmt::format(kScript, fmt::arg("bucket", draw.bucket), fmt::arg("login", "chaos-user"),
                     fmt::arg("password", HashPassword(draw.intruder_password)));
}

}  // namespace opentrail::lab
