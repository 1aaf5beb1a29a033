#include "instances/init/user_data.h"

#include <string>

#include "instances/init/process.h"

namespace opentrail::instances::init {
namespace {

constexpr const char* kUserData = "/var/lib/opentrail/user-data";
constexpr const char* kReader = "/var/lib/opentrail/read-user-data";

// Run by the image's Python: YAML and MIME are its libraries' business. Modules and their order are cloud-init's:
// https://cloudinit.readthedocs.io/en/latest/reference/modules.html
constexpr std::string_view kReaderProgram = R"PY(
import base64, email, email.policy, gzip, os, pwd, shutil, subprocess, sys

from ruamel.yaml import YAML

SCRIPTS = "/var/lib/cloud/instance/scripts"
DEFAULT_USER = "ec2-user"
NO_PACKAGES = "no package can be installed: instances have no way to package mirrors"
REFUSED = {"packages": NO_PACKAGES, "package_update": NO_PACKAGES, "package_upgrade": NO_PACKAGES, "apt": NO_PACKAGES,
           "yum_repos": NO_PACKAGES, "snap": NO_PACKAGES}


def say(text):
    print("user data:", text, flush=True)


def run(command, **more):
    done = subprocess.run(command, stdin=subprocess.DEVNULL if "input" not in more else None, check=False, **more)
    if done.returncode != 0:
        say(f"{command} gave {done.returncode}")
    return done.returncode == 0


def lines(value):
    return [value] if isinstance(value, str) else list(value or [])


def write_file(entry):
    path, content, encoding = entry["path"], entry.get("content", ""), str(entry.get("encoding", "")).lower()
    data = content if isinstance(content, bytes) else str(content).encode()
    if "b64" in encoding or "base64" in encoding:
        data = base64.b64decode(data)
    if encoding.startswith("gz"):
        data = gzip.decompress(data)
    os.makedirs(os.path.dirname(path) or "/", exist_ok=True)
    with open(path, "ab" if entry.get("append") else "wb") as file:
        file.write(data)
    mode = entry.get("permissions", "0644")
    os.chmod(path, mode if isinstance(mode, int) else int(str(mode), 8))
    if "owner" in entry:
        owner, _, group = str(entry["owner"]).partition(":")
        shutil.chown(path, owner or None, group or None)


def authorize(user, keys):
    if not keys:
        return
    known = pwd.getpwnam(user)
    folder = os.path.join(known.pw_dir, ".ssh")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    with open(os.path.join(folder, "authorized_keys"), "a") as file:
        file.writelines(key.strip() + "\n" for key in keys)
    os.chmod(file.name, 0o600)
    for path in (folder, file.name):
        os.chown(path, known.pw_uid, known.pw_gid)


def add_user(entry):
    if entry == "default" or not entry:
        return
    entry = {"name": entry} if isinstance(entry, str) else entry
    name, command = entry["name"], ["useradd", "--shell", str(entry.get("shell", "/bin/bash"))]
    for key, option in (("gecos", "--comment"), ("homedir", "--home-dir"), ("primary_group", "--gid"), ("uid", "--uid"),
                        ("expiredate", "--expiredate"), ("inactive", "--inactive"), ("passwd", "--password")):
        if key in entry:
            command += [option, str(entry[key])]
    groups = [group.strip() for value in lines(entry.get("groups")) for group in str(value).split(",")]
    for group in groups + ([entry["primary_group"]] if "primary_group" in entry else []):
        run(["groupadd", "--force", group])
    if groups:
        command += ["--groups", ",".join(groups)]
    command += ["--system"] if entry.get("system") else []
    command += ["--no-create-home"] if entry.get("no_create_home") else ["--create-home"]
    try:
        pwd.getpwnam(name)
    except KeyError:
        if not run([*command, name]):
            return
    if "plain_text_passwd" in entry:
        run(["chpasswd"], input=f"{name}:{entry['plain_text_passwd']}\n".encode())
    if entry.get("lock_passwd", True):
        run(["usermod", "--lock", name])
    rules = [rule for rule in lines(entry.get("sudo")) if rule]
    if rules:
        with open("/etc/sudoers.d/90-cloud-init-users", "a") as file:
            file.writelines(f"{name} {rule}\n" for rule in rules)
    authorize(name, lines(entry.get("ssh_authorized_keys")))


def change_passwords(entry):
    entries = entry.get("users", [])
    listed = [f"{each['name']}:{each['password']}" for each in entries if each.get("type", "hash") == "text"]
    hashed = [f"{each['name']}:{each['password']}" for each in entries if each.get("type", "hash") == "hash"]
    text = entry.get("list", [])
    listed += text.splitlines() if isinstance(text, str) else list(text)
    for options, wanted in ((), listed), (("-e",), hashed):
        if wanted:
            run(["chpasswd", *options], input=("\n".join(wanted) + "\n").encode())


def let_passwords_in(wanted):
    if wanted in (True, "yes", "true"):
        run(["sed", "-i", "s/^#*PasswordAuthentication .*/PasswordAuthentication yes/", "/etc/ssh/sshd_config"])
    elif wanted in (False, "no", "false"):
        run(["sed", "-i", "s/^#*PasswordAuthentication .*/PasswordAuthentication no/", "/etc/ssh/sshd_config"])
    run(["service", "ssh", "restart"], stdout=subprocess.DEVNULL)


def run_commands(commands):
    script = "#!/bin/sh\n" + "".join(
        (command if isinstance(command, str) else " ".join("'" + str(word).replace("'", "'\\''") + "'" for word in command)) + "\n"
        for command in lines(commands))
    keep("runcmd", script.encode())


def each(action):
    return lambda entries: [action(entry) for entry in entries]


MODULES = {
    "bootcmd": each(lambda command: run(command, shell=isinstance(command, str))),
    "write_files": each(lambda entry: entry.get("defer") or write_file(entry)),
    "groups": each(lambda group: run(["groupadd", "--force", group if isinstance(group, str) else next(iter(group))])),
    "users": each(add_user),
    "chpasswd": change_passwords,
    "password": lambda text: run(["chpasswd"], input=f"{DEFAULT_USER}:{text}\n".encode()),
    "ssh_authorized_keys": lambda keys: authorize(DEFAULT_USER, lines(keys)),
    "ssh_pwauth": let_passwords_in,
    "runcmd": run_commands,
}


def configure(config):
    if not isinstance(config, dict):
        return say("#cloud-config holds no mapping; it is not run")
    for name, module in MODULES.items():
        if name in config:
            try:
                module(config[name])
            except Exception as error:  # as cloud-init: one module's failure is not the others'
                say(f"{name}: {type(error).__name__}: {error}")
    for name in config:
        if name in REFUSED:
            say(f"{name}: {REFUSED[name]}")
        elif name not in MODULES:
            say(f"{name}: is not supported here; it was left out")
    return [entry for entry in config.get("write_files") or [] if entry.get("defer")]


def keep(name, data):
    os.makedirs(SCRIPTS, mode=0o700, exist_ok=True)
    with open(f"{SCRIPTS}/{name}", "wb") as file:
        file.write(data)
    os.chmod(file.name, 0o700)


def parts_of(data):
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    if not data.lstrip()[:13].lower() in (b"content-type:", b"mime-version:"):
        return [data]
    message = email.message_from_bytes(data, policy=email.policy.default)
    return [part.get_payload(decode=True) or b"" for part in message.walk() if not part.is_multipart()]


def take(number, data):
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    head = data.lstrip()[:64]
    if head.startswith(b"#!"):
        keep(f"part-{number:03}", data.lstrip())
    elif head.startswith(b"#cloud-boothook"):
        keep("boothook", b"#!/bin/sh\n" + data)
        run([f"{SCRIPTS}/boothook"])
        os.unlink(f"{SCRIPTS}/boothook")
    elif head.startswith(b"#cloud-config"):
        yaml = YAML(typ="safe")
        yaml.version = (1, 1)  # cloud-init's: 0644 is octal, yes is true
        return configure(yaml.load(data.decode()))
    elif data.strip():
        say(f"part {number} begins with {head.splitlines()[0].decode(errors='replace')!r}: no script, no #cloud-config; it is not run")
    return []


def main():
    with open("/var/lib/opentrail/user-data", "rb") as file:
        parts = parts_of(file.read())
    later = []
    for number, data in enumerate(parts, 1):
        try:
            later += take(number, data) or []
        except Exception as error:
            say(f"part {number}: {type(error).__name__}: {error}")
    for entry in later:
        write_file(entry)
    for script in sorted(os.listdir(SCRIPTS)) if os.path.isdir(SCRIPTS) else []:
        run([f"{SCRIPTS}/{script}"])


main()
)PY";

}  // namespace

void StartUserData(std::string_view data) {
  if (data.empty()) return;
  WriteFile(kUserData, data, 0700);
  std::string command = kUserData;
  if (!data.starts_with("#!")) {
    WriteFile(kReader, kReaderProgram, 0600);
    command = std::string("/usr/bin/python3 ") + kReader;
  }
  const pid_t script =
      StartProgram({"/bin/sh", "-c", command + " 2>&1 </dev/null | tee -a /var/log/cloud-init-output.log"});
  if (script < 0) Say("user data could not be started");
}

}  // namespace opentrail::instances::init
