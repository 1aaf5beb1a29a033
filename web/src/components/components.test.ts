import { describe, expect, it } from "vitest";
import { explain, sentences } from "../aws/errors";
import { counted } from "./count";
import { csvField, toCsv } from "./download";
import { formatAge, formatBytes, formatTime } from "./time";

describe("what pages share", () => {
  it("writes CSV that no spreadsheet runs", () => {
    expect(toCsv(["a", "b"], [['say "x"', "1,2"]])).toBe('a,b\r\n"say ""x""","1,2"\r\n');
    expect(csvField("=cmd()")).toBe("'=cmd()");
    expect(csvField("-5.2")).toBe("-5.2");
    expect(csvField(null)).toBe("");
  });
  it("counts in words", () => {
    expect([counted(0, "event"), counted(1, "match", "matches"), counted(12_345, "match", "matches")]).toEqual(["0 events", "1 match", "12,345 matches"]);
  });
  it("writes moments as the consoles of AWS do", () => {
    expect(formatTime("2026-11-23T08:41:02Z", "UTC")).toBe("November 23, 2026, 08:41:02 (UTC+00:00)");
    expect(formatTime("2026-11-23T08:41:02Z", "Europe/Berlin")).toBe("November 23, 2026, 09:41:02 (UTC+01:00)");
    expect(formatTime(undefined)).toBe("–");
    expect(formatAge(new Date(0), 120_000)).toBe("2 minutes ago");
    expect(formatBytes(1536)).toBe("1.5 KB");
  });
  it("tells AWS's words and what to do", () => {
    const error = Object.assign(new Error("User: x is not authorized"), { name: "AccessDenied" });
    expect(explain(error)).toMatchObject({ code: "AccessDenied", message: "User: x is not authorized" });
    expect(explain(new TypeError("Failed to fetch")).message).toBe("The server cannot be reached.");
    expect(explain("odd").message).toBe("odd");
    expect(sentences(explain(error), true)).toMatch(/^AccessDenied: User: x is not authorized\. Ask /);
    expect(sentences(explain(new Error("It failed")), true)).toBe("It failed");
    const head = (httpStatusCode: number) => Object.assign(new Error("UnknownError"), { name: "Unknown", $metadata: { httpStatusCode } });
    expect(explain(head(403))).toMatchObject({ code: "AccessDenied", message: "Access Denied." });
    expect(explain(head(404))).toMatchObject({ code: "NotFound", message: "There is no such object." });
  });
});
