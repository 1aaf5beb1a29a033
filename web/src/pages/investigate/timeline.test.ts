import { describe, expect, it } from "vitest";
import { countBy, identityOf, KINDS, marksOf, matches, merge, momentOf, resourcesOf, spanOf, ticksOf, zoom, type Moment } from "./timeline";

const record = (id: string, minute: number, more: object = {}) => ({
  eventID: id, eventTime: `2026-11-23T08:${String(minute).padStart(2, "0")}:00Z`, eventName: "AuthorizeSecurityGroupIngress", eventSource: "ec2.amazonaws.com",
  userIdentity: { type: "IAMUser", userName: "chaos", accessKeyId: "AKIA1" }, sourceIPAddress: "198.51.100.7", readOnly: false, ...more,
});
const moment = (id: string, minute: number, more: object = {}) => momentOf(record(id, minute, more)) as Moment;

describe("the timeline", () => {
  it("knows who acted", () => {
    expect(identityOf(record("1", 1))).toBe("chaos");
    expect(identityOf({ userIdentity: { type: "Root" } })).toBe("root");
    expect(identityOf({ userIdentity: { type: "AWSService", invokedBy: "cloudtrail.amazonaws.com" } })).toBe("cloudtrail.amazonaws.com");
    expect(identityOf({ userIdentity: { type: "AssumedRole", principalId: "AROA:i-1", sessionContext: { sessionIssuer: { userName: "web" } } } })).toBe("web/i-1");
    expect(identityOf({})).toBe("unknown");
  });
  it("finds what an event is about", () => {
    const parameters = { groupId: "sg-1", ipPermissions: { items: [{ ipRanges: { items: [{ cidrIp: "0.0.0.0/0" }] } }] } };
    expect(resourcesOf({ requestParameters: parameters, resources: [{ ARN: "arn:aws:s3:::b" }] })).toEqual(["arn:aws:s3:::b", "sg-1"]);
    expect(resourcesOf({ requestParameters: null })).toEqual([]);
    const filter = { Name: "group-id", Value: { content: "sg-1" } };
    expect(resourcesOf({ requestParameters: { filterSet: { items: [{ name: "group-id" }] }, DescribeSecurityGroupRulesRequest: { Filter: filter } } })).toEqual([]);
  });
  it("tells reads, writes and denials apart", () => {
    expect(moment("1", 1).kind).toBe("write");
    expect(moment("1", 1, { readOnly: true }).kind).toBe("read");
    expect(moment("1", 1, { errorCode: "Client.UnauthorizedOperation" }).kind).toBe("denied");
    expect(moment("1", 1, { errorMessage: "Failed authentication" }).kind).toBe("denied");
    expect(momentOf({ eventTime: "x", eventID: "1" })).toBeNull();
  });
  it("counts an event once, in the order of time", () => {
    const known = [moment("b", 2)];
    const merged = merge(known, [moment("c", 3), moment("b", 2), moment("a", 1), moment("a", 1)]);
    expect(merged.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(merge(merged, [moment("a", 1)])).toBe(merged);
  });
  it("filters by everything that was clicked", () => {
    const all = new Set(KINDS);
    expect(matches(moment("1", 1), [{ field: "address", value: "198.51.100.7" }, { field: "key", value: "AKIA1" }], all)).toBe(true);
    expect(matches(moment("1", 1), [{ field: "identity", value: "martha" }], all)).toBe(false);
    expect(matches(moment("1", 1), [], new Set(["read"] as const))).toBe(false);
    expect(countBy([moment("1", 1), moment("2", 2, { errorCode: "AccessDenied" })], "identity")).toEqual([{ value: "chaos", count: 2, denied: 1 }]);
  });
  it("joins what lies too close to be told apart, the most severe colour first", () => {
    const moments = [moment("1", 0, { readOnly: true }), moment("2", 0, { errorCode: "AccessDenied" }), moment("3", 59)];
    const marks = marksOf(moments, ["chaos"], spanOf(moments), 10);
    expect(marks.map(({ kind, moments: inside }) => [kind, inside.length])).toEqual([["denied", 2], ["write", 1]]);
    expect(marksOf(moments, ["martha"], spanOf(moments), 10)).toEqual([]);
  });
  it("zooms around a place and has round times on its axis", () => {
    expect(zoom({ start: 0, end: 100_000 }, 0.5)).toEqual({ start: 25_000, end: 75_000 });
    expect(zoom({ start: 0, end: 100_000 }, 0.5, 0)).toEqual({ start: 0, end: 50_000 });
    const ticks = ticksOf({ start: 1_000, end: 3_600_000 }, 8);
    expect(ticks.length).toBeGreaterThan(2);
    expect(ticks.every((tick) => tick % 60_000 === 0)).toBe(true);
  });
});
