// The token that goes with the session's cookie. It counts once: each use names the one to follow. That one is written
// down before it is sent, so that an answer that is lost on its way costs nothing: either the present token is still
// good, or the one to follow is.
const KEY = "opentrail.token";

interface Tokens {
  current: string | null;
  pending: string | null;
}

export function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function readTokens(): Tokens {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Tokens>;
    return { current: stored.current ?? null, pending: stored.pending ?? null };
  } catch {
    return { current: null, pending: null };
  }
}

export function writeTokens(tokens: Tokens) {
  localStorage.setItem(KEY, JSON.stringify(tokens));
}

export function forgetTokens() {
  localStorage.removeItem(KEY);
}

type Send = (token: string, next: string) => Promise<Response>;

/** Sends with the token that is good now; null: there is none. */
export async function exchange(send: Send): Promise<Response | null> {
  const { current, pending } = readTokens();
  if (!current) return null;
  const next = pending ?? newToken();
  writeTokens({ current, pending: next });
  let response = await send(current, next);
  let followed = next;
  if (response.status === 403 && pending) {
    followed = newToken();
    writeTokens({ current: pending, pending: followed });
    response = await send(pending, followed);
  }
  if (response.ok) writeTokens({ current: followed, pending: null });
  return response;
}

/** One tab at a time uses the token. */
export async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  if (!navigator.locks) return work();
  return (await navigator.locks.request("opentrail-token", work)) as T;
}
