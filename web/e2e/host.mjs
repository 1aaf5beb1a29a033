// The exercise's terminal: ssh to the web server, as its reader runs it.
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { given } from "./browser.mjs";

const run = promisify(execFile);
const OPTIONS = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=20", "-i", given.key_file];
const who = () => `ec2-user@${given.address}`;
const KEY_PAUSE_MS = 400;
const MAX_BYTES = 64 * 1024 * 1024;

/** What a command prints there, and its exit code. Some programs (aureport) take what is no terminal for their input. */
export async function ssh(command, { terminal = false } = {}) {
  try {
    const { stdout, stderr } = await run("ssh", [terminal ? "-tt" : "-n", ...OPTIONS, who(), command], { maxBuffer: MAX_BYTES });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    if (typeof error.code !== "number") throw error;
    return { code: error.code, text: `${error.stdout}${error.stderr}` };
  }
}

/** As ssh; fails the test where the command fails. */
export async function sshGood(command, options) {
  const { code, text } = await ssh(command, options);
  if (code !== 0) throw new Error(`${command} gave ${code}:\n${text}`);
  return text;
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Runs a program of the terminal's (vi) there and types into it; gives what was on the screen. */
export async function typeInto(command, keys) {
  const child = spawn("ssh", [...OPTIONS, "-tt", who(), command], { stdio: ["pipe", "pipe", "inherit"] });
  let screen = "";
  child.stdout.on("data", (bytes) => (screen += bytes));
  const ended = new Promise((resolve) => child.on("close", resolve));
  const deadline = Date.now() + 20_000;
  while (screen === "" && Date.now() < deadline) await pause(KEY_PAUSE_MS);
  for (const key of keys) {
    await pause(KEY_PAUSE_MS);
    child.stdin.write(key);
  }
  const code = await ended;
  if (code !== 0) throw new Error(`${command} gave ${code}:\n${screen}`);
  return screen;
}

/** The program of this machine: opentrail ARGUMENTS. */
export async function opentrail(...commandLine) {
  try {
    const { stdout } = await run(given.program, commandLine, { maxBuffer: MAX_BYTES });
    return { code: 0, text: stdout };
  } catch (error) {
    if (typeof error.code !== "number") throw error;
    return { code: error.code, text: `${error.stdout}${error.stderr}` };
  }
}
