import { merge, momentOf, type Moment } from "./timeline";

const MAX_FILE_BYTES = 256 * 1024 * 1024; // inflated

export interface Imported {
  moments: Moment[];
  files: number;
  /** "name: what was wrong" of each file that could not be read. */
  faults: string[];
}

async function textOf(file: File): Promise<string> {
  if (!file.name.endsWith(".gz")) return file.text();
  const reader = file.stream().pipeThrough(new DecompressionStream("gzip")).pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += value;
    if (text.length > MAX_FILE_BYTES) {
      await reader.cancel();
      throw new Error("it is larger than 256 MB");
    }
  }
}

/** Reads log files of CloudTrail from a folder of this machine. They stay in the browser: nothing is uploaded. */
export async function importLogs(files: File[], tell: (done: number, of: number) => void): Promise<Imported> {
  const logs = files.filter((file) => /\.json(\.gz)?$/.test(file.name) && !file.webkitRelativePath.includes("/CloudTrail-Digest/"));
  const imported: Imported = { moments: [], files: logs.length, faults: [] };
  const all: Moment[] = [];
  for (const [index, file] of logs.entries()) {
    try {
      const { Records } = JSON.parse(await textOf(file)) as { Records?: Record<string, unknown>[] };
      if (!Array.isArray(Records)) throw new Error("it has no Records");
      for (const record of Records) {
        const moment = momentOf(record);
        if (moment) all.push(moment);
      }
    } catch (error) {
      imported.faults.push(`${file.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    tell(index + 1, logs.length);
  }
  imported.moments = merge([], all);
  return imported;
}
