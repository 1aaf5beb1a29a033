#include "instances/image_recipe.h"

#include "codec/digest.h"
#include "codec/text.h"

namespace opentrail::instances {
namespace {

constexpr std::string_view kPackages =
    "openssh-server,nginx-light,auditd,sudo,procps,psmisc,python3,python-is-python3,awscli,curl,jq,vim-tiny,less,"
    "ca-certificates,iproute2,iputils-ping,netcat-openbsd,lsof,file,bash-completion";

constexpr std::string_view kScript = R"SH(set -eu
root=$1
cd "$root"
in_image() { chroot "$root" "$@"; }

# Users as on Amazon Linux.
in_image useradd --uid 1000 --user-group --create-home --shell /bin/bash --comment 'EC2 Default User' ec2-user
in_image usermod --append --groups adm ec2-user
in_image useradd --system --no-create-home --home-dir /sbin --shell /sbin/shutdown shutdown
in_image useradd --system --no-create-home --home-dir /sbin --shell /sbin/halt halt
echo 'ec2-user ALL=(ALL) NOPASSWD:ALL' >etc/sudoers.d/90-cloud-init-users
chmod 0440 etc/sudoers.d/90-cloud-init-users
for shell in home/ec2-user/.bashrc root/.bashrc; do echo "PS1='[\\u@\\h \\W]\\\$ '" >>$shell; done
echo 'LANG=C.UTF-8' >etc/default/locale
: >etc/motd
rm -f etc/update-motd.d/*

# sshd: passwords off; the switch stands on lines 61 to 63, where Amazon Linux has it.
awk '
  { line[NR] = $0 }
  /^#PasswordAuthentication yes$/ && !switch_at { switch_at = NR }
  END {
    for (i = 1; i <= NR; ++i) {
      print line[i]
      if (i == 2) for (pad = switch_at; pad < 61; ++pad) print "#"
      if (i == switch_at + 1) print "PasswordAuthentication no"
    }
  }' etc/ssh/sshd_config >etc/ssh/sshd_config.new
mv etc/ssh/sshd_config.new etc/ssh/sshd_config
rm -f etc/ssh/ssh_host_*
ln -s ssh etc/init.d/sshd

# The web server: one worker, as a small instance has one processor.
sed -i 's/^worker_processes .*/worker_processes 1;/' etc/nginx/nginx.conf

# The audit log is kept by the first process: the kernel would let no auditd of an instance in.
in_image update-rc.d -f auditd remove >/dev/null
cat >etc/init.d/auditd <<'EOT'
#!/bin/sh
case "$1" in
  status) echo "audit records of this instance go to /var/log/audit/audit.log" ;;
  rotate) mv /var/log/audit/audit.log /var/log/audit/audit.log.1 ;;
  *) echo "auditd: kept by the instance's first process; it is always on" ;;
esac
EOT
chmod 0700 var/log/audit

# Powering off is asked of the first process.
for name in poweroff halt; do printf '#!/bin/sh\nexec kill -s PWR 1\n' >sbin/$name; done
printf '#!/bin/sh\nexec kill -s USR1 1\n' >sbin/reboot
printf '#!/bin/sh\ncase " $* " in *" -r "*) exec /sbin/reboot ;; *" -c "*) exit 0 ;; esac\nexec /sbin/poweroff\n' >sbin/shutdown
chmod 0755 sbin/poweroff sbin/halt sbin/reboot sbin/shutdown

# systemctl, for those who type it: services are scripts of /etc/init.d here.
cat >usr/bin/systemctl <<'EOT'
#!/bin/sh
verb=$1
[ $# -gt 0 ] && shift
status=0
for unit in "$@"; do
  unit=${unit%.service}
  case "$verb" in
    start|stop|restart|reload|status) service "$unit" "$verb" || status=$? ;;
    is-active) if service "$unit" status >/dev/null 2>&1; then echo active; else echo inactive; status=3; fi ;;
    enable|disable) update-rc.d "$unit" "$verb" || status=$? ;;
    poweroff|reboot|halt) exec "/sbin/$verb" ;;
    -*) ;;
    *) echo "systemctl: $verb: services of this instance are run by /etc/init.d; see service(8)" >&2; exit 1 ;;
  esac
done
case "$verb" in poweroff|reboot|halt) exec "/sbin/$verb" ;; esac
exit $status
EOT
chmod 0755 usr/bin/systemctl

rm -f etc/hostname etc/resolv.conf var/log/*.log var/log/apt/* var/cache/apt/*.bin
)SH";

}  // namespace

std::string_view ImagePackages() { return kPackages; }
std::string_view ImageScript() { return kScript; }

std::string ImageKey() {
  constexpr size_t kKeyDigits = 16;
  std::string all(kImageSuite);
  all += '\n';
  all += kPackages;
  all += '\n';
  all += kScript;
  return codec::HexEncode(codec::Sha256(all)).substr(0, kKeyDigits);
}

}  // namespace opentrail::instances
