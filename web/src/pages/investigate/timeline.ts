/** One event, as the timeline needs it. */
export interface Moment {
  id: string;
  time: number; // epoch milliseconds
  name: string;
  source: string;
  identity: string;
  key: string;
  address: string;
  agent: string;
  resources: string[];
  kind: Kind;
  error: string;
  fromConsole: boolean;
  record: Record<string, unknown>;
}

export type Kind = "read" | "write" | "denied";
export const KINDS: Kind[] = ["read", "write", "denied"];

/** What one can pivot on. */
export type Field = "identity" | "key" | "address" | "resource" | "name" | "source" | "agent";
export interface Pivot {
  field: Field;
  value: string;
}

export const FIELD_LABELS: Record<Field, string> = {
  identity: "Identity", key: "Access key", address: "Source address", resource: "Resource", name: "Event name", source: "Event source", agent: "User agent",
};

export interface Span {
  start: number;
  end: number;
}

type Json = Record<string, unknown>;
const object = (value: unknown): Json => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {});
const text = (value: unknown): string => (typeof value === "string" ? value : typeof value === "number" ? String(value) : "");

/** Who acted, in a word: the user, the role and its session, root, or the service. */
export function identityOf(record: Json): string {
  const identity = object(record.userIdentity);
  const issuer = object(object(identity.sessionContext).sessionIssuer);
  switch (identity.type) {
    case "Root": return "root";
    case "IAMUser": return text(identity.userName) || text(identity.principalId) || "unknown user";
    case "AssumedRole": return `${text(issuer.userName) || "role"}/${text(identity.principalId).split(":").at(-1) ?? ""}`;
    case "AWSService": return text(identity.invokedBy);
    default: return text(identity.userName) || text(identity.invokedBy) || text(identity.accountId) || text(identity.type) || "unknown";
  }
}

const RESOURCE_NAMES = new Set([
  "groupid", "instanceid", "bucketname", "keyname", "username", "rolename", "groupname", "policyarn", "policyname", "keyid", "aliasname", "name", "trailname", "resourceid", "accesskeyid", "rolearn", "arn",
]);
// What a question is narrowed by: its names are those of attributes.
const FILTERS = new Set(["filter", "filters", "filterset"]);
const MAX_DEPTH = 6;
const MAX_RESOURCES = 12;

/** The things that an event names: those that it lists, and those of its parameters that are names of things. */
export function resourcesOf(record: Json): string[] {
  const found = new Set<string>();
  for (const resource of Array.isArray(record.resources) ? record.resources : []) {
    const name = text(object(resource).ARN) || text(object(resource).arn);
    if (name) found.add(name);
  }
  const walk = (value: unknown, name: string, depth: number) => {
    if (depth > MAX_DEPTH || found.size >= MAX_RESOURCES) return;
    if (typeof value === "string") {
      if (RESOURCE_NAMES.has(name.toLowerCase()) && value !== "" && value.length <= 200) found.add(value);
    } else if (Array.isArray(value)) {
      value.forEach((one) => walk(one, name, depth + 1));
    } else if (typeof value === "object" && value !== null) {
      Object.entries(value).forEach(([inner, one]) => !FILTERS.has(inner.toLowerCase()) && walk(one, inner, depth + 1));
    }
  };
  walk(record.requestParameters, "", 0);
  return [...found];
}

const DENIED = /AccessDenied|Unauthorized|Forbidden|Failed authentication|No username found/i;

export function momentOf(record: Json): Moment | null {
  const time = Date.parse(text(record.eventTime));
  const id = text(record.eventID);
  if (Number.isNaN(time) || !id) return null;
  const error = [text(record.errorCode), text(record.errorMessage)].filter(Boolean).join(": ");
  const readOnly = record.readOnly === true || record.readOnly === "true";
  return {
    id, time, name: text(record.eventName), source: text(record.eventSource), identity: identityOf(record), key: text(object(record.userIdentity).accessKeyId),
    address: text(record.sourceIPAddress), agent: text(record.userAgent), resources: resourcesOf(record), error, record,
    kind: error && DENIED.test(error) ? "denied" : readOnly ? "read" : "write",
    fromConsole: record.sessionCredentialFromConsole === "true" || record.eventType === "AwsConsoleSignIn",
  };
}

/** The new ones among `incoming` put to `known`, in the order of time; an event counts once. */
export function merge(known: Moment[], incoming: Moment[]): Moment[] {
  const ids = new Set(known.map((moment) => moment.id));
  const fresh = incoming.filter((moment) => !ids.has(moment.id) && ids.add(moment.id));
  if (fresh.length === 0) return known;
  return [...known, ...fresh].sort((a, b) => a.time - b.time);
}

export function valuesOf(moment: Moment, field: Field): string[] {
  return field === "resource" ? moment.resources : [moment[field]].filter(Boolean);
}

export function matches(moment: Moment, pivots: Pivot[], kinds: ReadonlySet<Kind>): boolean {
  return kinds.has(moment.kind) && pivots.every(({ field, value }) => valuesOf(moment, field).includes(value));
}

export interface Count {
  value: string;
  count: number;
  denied: number;
}

/** How often each value of a field comes, the most frequent first. */
export function countBy(moments: Moment[], field: Field): Count[] {
  const counts = new Map<string, Count>();
  for (const moment of moments) {
    for (const value of valuesOf(moment, field)) {
      const count = counts.get(value) ?? { value, count: 0, denied: 0 };
      count.count++;
      if (moment.kind === "denied") count.denied++;
      counts.set(value, count);
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

const MIN_SPAN_MS = 1000;

/** All of the moments, with a little room at both ends. */
export function spanOf(moments: Moment[]): Span {
  if (moments.length === 0) return { start: Date.now() - 3_600_000, end: Date.now() };
  const start = moments[0].time;
  const end = moments[moments.length - 1].time;
  const room = Math.max(MIN_SPAN_MS, (end - start) * 0.02);
  return { start: start - room, end: end + room };
}

/** A part of the span around `at` (0 to 1 of it), `factor` times as long. */
export function zoom(span: Span, factor: number, at = 0.5): Span {
  const length = Math.max(MIN_SPAN_MS, (span.end - span.start) * factor);
  const centre = span.start + (span.end - span.start) * at;
  return { start: centre - length * at, end: centre + length * (1 - at) };
}

/** What is drawn as one mark: events of one lane that lie too close together to be told apart. */
export interface Mark {
  lane: number;
  at: number; // 0 to 1 of the span
  moments: Moment[];
  kind: Kind;
}

const WEIGHT: Record<Kind, number> = { read: 0, write: 1, denied: 2 };

export function marksOf(moments: Moment[], lanes: string[], span: Span, bins: number): Mark[] {
  const rows = new Map(lanes.map((lane, index) => [lane, index]));
  const marks = new Map<string, Mark>();
  for (const moment of moments) {
    const lane = rows.get(moment.identity);
    const at = (moment.time - span.start) / (span.end - span.start);
    if (lane === undefined || at < 0 || at > 1) continue;
    const bin = Math.min(bins - 1, Math.floor(at * bins));
    const mark = marks.get(`${lane} ${bin}`) ?? { lane, at: (bin + 0.5) / bins, moments: [], kind: "read" as Kind };
    mark.moments.push(moment);
    if (WEIGHT[moment.kind] > WEIGHT[mark.kind]) mark.kind = moment.kind;
    marks.set(`${lane} ${bin}`, mark);
  }
  return [...marks.values()];
}

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000].map((seconds) => seconds * 1000);

/** Round times for the axis, at most `count` of them. */
export function ticksOf(span: Span, count: number): number[] {
  const length = span.end - span.start;
  const step = STEPS.find((one) => length / one <= count) ?? STEPS[STEPS.length - 1];
  const offset = new Date(span.start).getTimezoneOffset() * 60_000;
  const first = Math.ceil((span.start - offset) / step) * step + offset;
  const ticks: number[] = [];
  for (let tick = first; tick <= span.end && ticks.length <= count + 1; tick += step) ticks.push(tick);
  return ticks;
}

export function tickLabel(time: number, span: Span): string {
  const length = span.end - span.start;
  const date = new Date(time);
  if (length > 3 * 86_400_000) return date.toLocaleDateString("en", { month: "short", day: "numeric" });
  if (length > 86_400_000) return date.toLocaleString("en", { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return date.toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", ...(length < 600_000 && { second: "2-digit" }), hourCycle: "h23" });
}
