import type { IpPermission, SecurityGroupRule } from "@aws-sdk/client-ec2";

/** One line of the rule editor. */
export interface RuleDraft {
  key: string;
  /** Of a rule that the group has; "" for a new one. */
  ruleId: string;
  type: string;
  protocol: string;
  ports: string;
  sourceKind: SourceKind;
  source: string;
  description: string;
}

export type SourceKind = "custom" | "anywhere-ipv4" | "anywhere-ipv6" | "my-ip";

export interface RuleType {
  id: string;
  label: string;
  protocol: string;
  ports: string;
}

const tcp = (label: string, port: string): RuleType => ({ id: label, label, protocol: "tcp", ports: port });

/** The kinds of traffic that the editor has names for. */
export const RULE_TYPES: RuleType[] = [
  { id: "custom-tcp", label: "Custom TCP", protocol: "tcp", ports: "" },
  { id: "custom-udp", label: "Custom UDP", protocol: "udp", ports: "" },
  { id: "custom-icmp", label: "All ICMP - IPv4", protocol: "icmp", ports: "All" },
  { id: "all", label: "All traffic", protocol: "-1", ports: "All" },
  { id: "all-tcp", label: "All TCP", protocol: "tcp", ports: "0-65535" },
  { id: "all-udp", label: "All UDP", protocol: "udp", ports: "0-65535" },
  tcp("SSH", "22"), tcp("SMTP", "25"), { id: "DNS (UDP)", label: "DNS (UDP)", protocol: "udp", ports: "53" }, tcp("DNS (TCP)", "53"),
  tcp("HTTP", "80"), tcp("POP3", "110"), tcp("IMAP", "143"), tcp("LDAP", "389"), tcp("HTTPS", "443"), tcp("SMB", "445"), tcp("SMTPS", "465"),
  tcp("IMAPS", "993"), tcp("POP3S", "995"), tcp("MSSQL", "1433"), tcp("NFS", "2049"), tcp("MYSQL/Aurora", "3306"), tcp("RDP", "3389"),
  tcp("PostgreSQL", "5432"),
];

/** "SSH", "Custom TCP", ...: what the editor calls a rule's traffic. */
export function typeOf(protocol: string, ports: string): RuleType {
  const exact = RULE_TYPES.find((type) => type.protocol === protocol && type.ports === ports && type.ports !== "");
  return exact ?? RULE_TYPES.find((type) => type.protocol === protocol) ?? RULE_TYPES[0];
}

export function portsOf(rule: Pick<SecurityGroupRule, "IpProtocol" | "FromPort" | "ToPort">): string {
  const { FromPort: from, ToPort: to } = rule;
  if (rule.IpProtocol === "-1" || from === undefined || from === -1) return "All";
  return from === to ? String(from) : `${from}-${to}`;
}

export function sourceOf(rule: SecurityGroupRule): string {
  return rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.ReferencedGroupInfo?.GroupId ?? rule.PrefixListId ?? "";
}

export function protocolLabel(protocol: string | undefined): string {
  return protocol === "-1" ? "All" : (protocol ?? "").toUpperCase();
}

export const isOpenToAll = (source: string) => source === "0.0.0.0/0" || source === "::/0";

let lastKey = 0;
/** Another one than those of drafts that a reload has left, too. */
export const newKey = () => `rule-${Date.now()}-${++lastKey}`;

export function draftOf(rule: SecurityGroupRule): RuleDraft {
  const ports = portsOf(rule);
  const source = sourceOf(rule);
  return {
    key: newKey(),
    ruleId: rule.SecurityGroupRuleId ?? "",
    type: typeOf(rule.IpProtocol ?? "", ports).id,
    protocol: rule.IpProtocol ?? "",
    ports,
    sourceKind: source === "0.0.0.0/0" ? "anywhere-ipv4" : source === "::/0" ? "anywhere-ipv6" : "custom",
    source,
    description: rule.Description ?? "",
  };
}

export function emptyDraft(): RuleDraft {
  return { key: newKey(), ruleId: "", type: "custom-tcp", protocol: "tcp", ports: "", sourceKind: "custom", source: "", description: "" };
}

/** [from, to]; null: none, or out of bounds. */
export function parsePorts(text: string): [number, number] | null {
  const match = /^\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?$/.exec(text);
  if (!match) return null;
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : Number(match[2]);
  return from <= to && to <= 65535 ? [from, to] : null;
}

function isIpv4Cidr(text: string): boolean {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  return match !== null && match.slice(1, 5).every((part) => Number(part) <= 255) && Number(match[5]) <= 32;
}

function isIpv6Cidr(text: string): boolean {
  const [address, length, more] = text.split("/");
  if (more !== undefined || !/^\d{1,3}$/.test(length ?? "") || Number(length) > 128) return false;
  if (!/^[0-9a-fA-F:.]+$/.test(address) || !address.includes(":")) return false;
  try {
    return new URL(`http://[${address}]/`).hostname.length > 2;
  } catch {
    return false;
  }
}

const isGroupId = (text: string) => /^sg-[0-9a-f]{8,17}$/.test(text);

/** What a CIDR without its length most probably means: one address. */
export function completeSource(text: string): string {
  const trimmed = text.trim();
  if (isIpv4Cidr(`${trimmed}/32`)) return `${trimmed}/32`;
  if (isIpv6Cidr(`${trimmed}/128`)) return `${trimmed}/128`;
  return trimmed;
}

export interface DraftErrors {
  ports?: string;
  source?: string;
  description?: string;
}

export function validate(draft: RuleDraft, sourceWord: string): DraftErrors {
  const errors: DraftErrors = {};
  const needsPorts = draft.protocol === "tcp" || draft.protocol === "udp";
  if (needsPorts && !parsePorts(draft.ports)) errors.ports = "Enter a port, or a range such as 8000-8080, of 0 to 65535.";
  const source = completeSource(draft.source);
  if (!source) errors.source = `Enter a ${sourceWord}.`;
  else if (!isIpv4Cidr(source) && !isIpv6Cidr(source) && !isGroupId(source)) {
    errors.source = "Enter a CIDR block such as 203.0.113.25/32, or the id of a security group.";
  }
  // The characters that EC2 takes.
  if (draft.description.length > 255) errors.description = "At most 255 characters.";
  else if (!/^[\w\s.:/()#,@[\]+=&;{}!$*-]*$/.test(draft.description)) errors.description = "EC2 takes a-z, A-Z, 0-9, spaces and ._-:/()#,@[]+=&;{}!$* in a description.";
  return errors;
}

export const hasErrors = (errors: DraftErrors) => Object.keys(errors).length > 0;

/** The draft as EC2 takes it; it has been validated. */
export function permissionOf(draft: RuleDraft): IpPermission {
  const source = completeSource(draft.source);
  const Description = draft.description || undefined;
  const ports = draft.protocol === "-1" ? null : (parsePorts(draft.ports) ?? [-1, -1]);
  const permission: IpPermission = { IpProtocol: draft.protocol };
  if (ports) [permission.FromPort, permission.ToPort] = ports;
  if (isGroupId(source)) permission.UserIdGroupPairs = [{ GroupId: source, Description }];
  else if (source.includes(":")) permission.Ipv6Ranges = [{ CidrIpv6: source, Description }];
  else permission.IpRanges = [{ CidrIp: source, Description }];
  return permission;
}

export interface Changes {
  /** Come first: where EC2 refuses one of them nothing has been changed. */
  first: RuleDraft[];
  /** Ids of what goes. */
  revoke: string[];
  /** Come last: they say the same as one that goes, in other words, and EC2 would call them duplicates. */
  last: RuleDraft[];
}

/** Which rules go, and which come. A rule that was changed goes and comes again, as in the EC2 console. */
export function changes(before: SecurityGroupRule[], drafts: RuleDraft[]): Changes {
  const allowsSame = (draft: RuleDraft, rule: SecurityGroupRule) =>
    draft.protocol === rule.IpProtocol && draft.ports === portsOf(rule) && completeSource(draft.source) === sourceOf(rule);
  const same = (draft: RuleDraft, rule: SecurityGroupRule) => allowsSame(draft, rule) && draft.description === (rule.Description ?? "");
  const kept = new Set<string>();
  const authorize: RuleDraft[] = [];
  for (const draft of drafts) {
    const rule = before.find((candidate) => draft.ruleId !== "" && candidate.SecurityGroupRuleId === draft.ruleId);
    if (rule && same(draft, rule)) kept.add(draft.ruleId);
    else authorize.push(draft);
  }
  const gone = before.filter((rule) => !kept.has(rule.SecurityGroupRuleId ?? ""));
  const isLast = (draft: RuleDraft) => gone.some((rule) => allowsSame(draft, rule));
  return { first: authorize.filter((draft) => !isLast(draft)), revoke: gone.map((rule) => rule.SecurityGroupRuleId ?? ""), last: authorize.filter(isLast) };
}
