export const MAX_PREVIEW_BYTES = 8 * 1024 * 1024; // of what is fetched
const MAX_SHOWN_BYTES = 1024 * 1024; // of what is shown, inflated

export interface PreviewContent {
  kind: "text" | "binary";
  text: string;
  truncated: boolean;
}

async function readAtMost(stream: ReadableStream<Uint8Array>, limit: number): Promise<{ bytes: Uint8Array; truncated: boolean }> {
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  let truncated = false;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    size += value.length;
    if (size > limit) {
      truncated = true;
      await reader.cancel();
      break;
    }
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { bytes: bytes.slice(0, limit), truncated };
}

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** What an object is as text; gzip is inflated, at most a megabyte of it, and JSON laid out. */
export async function previewOf(key: string, content: Uint8Array): Promise<PreviewContent> {
  let shown: { bytes: Uint8Array; truncated: boolean } = { bytes: content.slice(0, MAX_SHOWN_BYTES), truncated: content.length > MAX_SHOWN_BYTES };
  if (isGzip(content)) {
    const inflated = new Blob([content as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip")) as ReadableStream<Uint8Array>;
    shown = await readAtMost(inflated, MAX_SHOWN_BYTES);
  }
  if (shown.bytes.subarray(0, 1024).includes(0)) return { kind: "binary", text: "", truncated: false };
  const text = new TextDecoder().decode(shown.bytes);
  if (!shown.truncated && /\.json(\.gz)?$/.test(key)) {
    try {
      return { kind: "text", text: JSON.stringify(JSON.parse(text), null, 2), truncated: false };
    } catch {
      // It is shown as it is.
    }
  }
  return { kind: "text", text, truncated: shown.truncated };
}
