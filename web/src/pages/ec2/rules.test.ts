import { describe, expect, it } from "vitest";
import { changes, completeSource, draftOf, emptyDraft, parsePorts, permissionOf, typeOf, validate } from "./rules";

const ssh = { ...emptyDraft(), type: "SSH", ports: "22", source: "203.0.113.9/32" };

describe("the rule editor", () => {
  it("names traffic by protocol and ports", () => {
    expect(typeOf("tcp", "22").label).toBe("SSH");
    expect(typeOf("tcp", "8080").label).toBe("Custom TCP");
    expect(typeOf("-1", "All").label).toBe("All traffic");
  });
  it("reads ports and ranges, within bounds", () => {
    expect(parsePorts("22")).toEqual([22, 22]);
    expect(parsePorts(" 8000 - 8080 ")).toEqual([8000, 8080]);
    for (const text of ["", "x", "80-22", "70000", "1-", "-1"]) expect(parsePorts(text)).toBeNull();
  });
  it("takes an address for itself alone", () => {
    expect(completeSource("203.0.113.9")).toBe("203.0.113.9/32");
    expect(completeSource("2001:db8::1")).toBe("2001:db8::1/128");
    expect(completeSource("10.0.0.0/8")).toBe("10.0.0.0/8");
  });
  it("says what is wrong with each field", () => {
    expect(validate(ssh, "source")).toEqual({});
    expect(validate({ ...ssh, source: "" }, "source").source).toBe("Enter a source.");
    for (const source of ["256.0.0.1/32", "10.0.0.0/33", "::g/64", "::1/129", "sg-xyz", "<script>"]) {
      expect(validate({ ...ssh, source }, "source").source, source).toBeDefined();
    }
    expect(validate({ ...ssh, ports: "99999" }, "source").ports).toBeDefined();
    expect(validate({ ...ssh, description: "<b>" }, "source").description).toBeDefined();
  });
  it("writes what EC2 takes", () => {
    expect(permissionOf({ ...ssh, description: "me" })).toEqual({ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "203.0.113.9/32", Description: "me" }] });
    expect(permissionOf({ ...ssh, protocol: "-1", ports: "All", source: "::/0" })).toEqual({ IpProtocol: "-1", Ipv6Ranges: [{ CidrIpv6: "::/0" }] });
    expect(permissionOf({ ...ssh, protocol: "icmp", ports: "All", source: "sg-0a1b2c3d4e5f60718" })).toMatchObject({ FromPort: -1, ToPort: -1, UserIdGroupPairs: [{ GroupId: "sg-0a1b2c3d4e5f60718" }] });
  });
  it("leaves alone what was not changed", () => {
    const rules = ["80", "443"].map((port) => ({ SecurityGroupRuleId: `sgr-${port}`, IpProtocol: "tcp", FromPort: Number(port), ToPort: Number(port), CidrIpv4: "0.0.0.0/0" }));
    const drafts = rules.map(draftOf);
    expect(changes(rules, drafts)).toEqual({ first: [], revoke: [], last: [] });
    const changed = { ...drafts[1], description: "TLS" };
    expect(changes(rules, [drafts[0], changed, ssh])).toEqual({ first: [ssh], revoke: ["sgr-443"], last: [changed] });
    expect(changes(rules, []).revoke).toEqual(["sgr-80", "sgr-443"]);
  });
});
