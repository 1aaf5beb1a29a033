import { File as NodeFile } from "node:buffer";
import { webcrypto } from "node:crypto";

// What every browser has, and Node only from version 20 on: Debian 12's is 18.
const browser: Record<string, unknown> = { crypto: webcrypto, File: NodeFile };
for (const [name, value] of Object.entries(browser)) {
  if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value });
}
