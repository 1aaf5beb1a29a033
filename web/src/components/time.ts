/** "November 23, 2026, 08:41:02 (UTC+01:00)", as the consoles of AWS write moments. */
export function formatTime(time: Date | number | string | undefined, zone?: string): string {
  if (time === undefined) return "–";
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "–";
  const text = new Intl.DateTimeFormat("en-US", {
    year: "numeric", month: "long", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "longOffset", timeZone: zone,
  });
  const part = Object.fromEntries(text.formatToParts(date).map(({ type, value }) => [type, value]));
  const offset = part.timeZoneName?.replace("GMT", "UTC") ?? "UTC";
  return `${part.month} ${part.day}, ${part.year}, ${part.hour}:${part.minute}:${part.second} (${offset === "UTC" ? "UTC+00:00" : offset})`;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000], ["second", 1000]];

/** "3 minutes ago" */
export function formatAge(time: Date | undefined, now = Date.now()): string {
  if (!time) return "–";
  const passed = time.getTime() - now;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(passed) >= length) ?? ["second", 1000];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(passed / size), unit);
}

const SIZES = ["B", "KB", "MB", "GB", "TB"];

/** "1.5 MB" */
export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined) return "–";
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < SIZES.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${SIZES[unit]}`;
}
