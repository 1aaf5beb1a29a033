const KEY = "opentrail.visits";
const KEPT = 6;

/** The services that were looked at last, the newest first. */
export function visits(): string[] {
  try {
    return (JSON.parse(localStorage.getItem(KEY) ?? "[]") as string[]).slice(0, KEPT);
  } catch {
    return [];
  }
}

export function noteVisit(service: string) {
  localStorage.setItem(KEY, JSON.stringify([service, ...visits().filter((other) => other !== service)].slice(0, KEPT)));
}
