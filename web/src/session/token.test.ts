import { beforeEach, describe, expect, it } from "vitest";
import { exchange, newToken, readTokens, writeTokens } from "./token";

const kept = new Map<string, string>();
beforeEach(() => {
  kept.clear();
  globalThis.localStorage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) } as unknown as Storage;
});

/** A server that takes each token once. */
function server(first: string) {
  let current = first;
  return (token: string, next: string) => {
    if (token !== current) return Promise.resolve(new Response("", { status: 403 }));
    current = next;
    return Promise.resolve(new Response("{}", { status: 200 }));
  };
}

describe("the session's token", () => {
  it("is long and new each time", () => {
    expect(newToken()).toMatch(/^[\w-]{43}$/);
    expect(newToken()).not.toBe(newToken());
  });
  it("is used once and followed by the next", async () => {
    writeTokens({ current: "first", pending: null });
    const send = server("first");
    for (let i = 0; i < 3; i++) expect((await exchange(send))?.status).toBe(200);
    expect(readTokens().current).not.toBe("first");
  });
  it("survives an answer, and a request, that was lost on the way", async () => {
    for (const reaches of [true, false]) {
      writeTokens({ current: "first", pending: null });
      const send = server("first");
      const lost = async (token: string, next: string) => {
        if (reaches) await send(token, next);
        throw new TypeError("network");
      };
      await expect(exchange(lost)).rejects.toThrow();
      expect((await exchange(send))?.status).toBe(200);
      expect((await exchange(send))?.status).toBe(200);
    }
  });
  it("is refused where it is not the present one", async () => {
    writeTokens({ current: "other", pending: null });
    expect((await exchange(server("first")))?.status).toBe(403);
    kept.clear();
    expect(await exchange(server("first"))).toBeNull();
  });
});
