import { describe, expect, it } from "vitest";
import { importLogs, recordsOf } from "./import-logs";

const event = (id: string) => ({ eventID: id, eventTime: "2026-11-23T08:00:00Z", eventName: "RunInstances", userIdentity: { type: "Root" } });
const file = (text: string, name: string) => Object.assign(new File([text], name), { webkitRelativePath: `logs/${name}` });
const ids = (text: string) => recordsOf(text).map((record) => record.eventID);

describe("an imported folder", () => {
  it("may hold logs in every form that they come in", () => {
    const two = [event("a"), event("b")];
    for (const text of [
      JSON.stringify({ Records: two }),
      JSON.stringify(two),
      two.map((one) => JSON.stringify(one)).join("\n"),
      JSON.stringify({ Events: two.map((one) => ({ EventId: one.eventID, CloudTrailEvent: JSON.stringify(one) })) }),
    ]) {
      expect(ids(text)).toEqual(["a", "b"]);
    }
    expect(ids(JSON.stringify(event("a"), null, 2))).toEqual(["a"]);
  });
  it("is told where something in it is no log", () => {
    for (const text of ["", "{", "5", "{}", '"x"', '{"a":1}\n{"a":2}']) expect(() => recordsOf(text)).toThrow();
  });
  it("counts an event once and names the files that it could not read", async () => {
    const told: number[] = [];
    const files = [
      file(JSON.stringify({ Records: [event("a"), event("b")] }), "one.json"),
      file(JSON.stringify({ Records: [event("b")] }), "two.json"),
      file("{", "broken.json"),
      file("not a log", "notes.txt"),
    ];
    const { moments, files: count, faults } = await importLogs(files, (done) => told.push(done));
    expect([moments.length, count, told.at(-1)]).toEqual([2, 3, 3]);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^broken.json: /);
  });
});
