import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { previewOf } from "./preview";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("the preview of an object", () => {
  it("inflates log files and lays their JSON out", async () => {
    expect(await previewOf("a.json.gz", gzipSync('{"Records":[]}'))).toEqual({ kind: "text", text: '{\n  "Records": []\n}', truncated: false });
  });
  it("shows text, and that other things are none", async () => {
    expect((await previewOf("a.txt", bytes("<script>"))).text).toBe("<script>");
    expect((await previewOf("a.json", bytes("{broken"))).text).toBe("{broken");
    expect((await previewOf("a.bin", new Uint8Array([1, 0, 2]))).kind).toBe("binary");
  });
  it("stops a bomb at a megabyte", async () => {
    const shown = await previewOf("a.gz", gzipSync(Buffer.alloc(64 * 1024 * 1024, "a")));
    expect(shown.truncated).toBe(true);
    expect(shown.text.length).toBe(1024 * 1024);
  });
});
