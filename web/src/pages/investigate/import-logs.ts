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

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** Everything that opentrail itself reads as a log: {"Records": [...]}, an array, what LookupEvents gives, one event, or a
 * line for each. Throws where it is none of these. */
export function recordsOf(text: string): Json[] {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch (error) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    if (lines.length < 2) throw error;
    return lines.flatMap((line) => recordsOf(line));
  }
  if (Array.isArray(whole)) return whole.filter(isObject);
  if (!isObject(whole)) throw new Error("it holds no events");
  if (Array.isArray(whole.Records)) return whole.Records.filter(isObject);
  if (Array.isArray(whole.Events)) {
    return whole.Events.filter(isObject).flatMap((event) => (typeof event.CloudTrailEvent === "string" ? recordsOf(event.CloudTrailEvent) : []));
  }
  if (typeof whole.eventID === "string") return [whole];
  throw new Error("it holds no events");
}

/** Reads log files of CloudTrail from a folder of this machine. They stay in the browser: nothing is uploaded. */
export async function importLogs(files: File[], tell: (done: number, of: number) => void): Promise<Imported> {
  const logs = files.filter((file) => /\.json(\.gz)?$/.test(file.name) && !file.webkitRelativePath.includes("/CloudTrail-Digest/"));
  const imported: Imported = { moments: [], files: logs.length, faults: [] };
  const all: Moment[] = [];
  for (const [index, file] of logs.entries()) {
    try {
      for (const record of recordsOf(await textOf(file))) {
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
