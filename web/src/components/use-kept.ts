import { useCallback, useEffect, useState } from "react";

const PREFIX = "opentrail.form.";
const OWNER = "opentrail.forms-owner";
const keyOf = (name: string) => `${PREFIX}${window.location.pathname} ${name}`;

function stored<T>(key: string): Partial<T> {
  try {
    return (JSON.parse(sessionStorage.getItem(key) ?? "{}") as Partial<T> | null) ?? {};
  } catch {
    return {};
  }
}

/**
 * What is entered in a form of this page: [form, set some of it]. Neither a reload nor the session's end loses it; whoever goes
 * to another page, or signs out, has done with it. It lies in the browser's storage for this tab, and is its identity's alone:
 * no password or key may be in it. A page's second form has a `name`.
 */
export function useKept<T extends object>(fresh: () => T, name = ""): [T, (part: Partial<T>) => void] {
  const [key] = useState(() => keyOf(name));
  const [form, setForm] = useState<T>(() => ({ ...fresh(), ...stored<T>(key) }));
  useEffect(() => sessionStorage.setItem(key, JSON.stringify(form)), [key, form]);
  useEffect(
    () => () => {
      if (keyOf(name) !== key) sessionStorage.removeItem(key);
    },
    [key, name],
  );
  const set = useCallback((part: Partial<T>) => setForm((before) => ({ ...before, ...part })), []);
  return [form, set];
}

export function forgetForms(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}

/** Who signs in finds what they had entered, and nothing that another identity had. */
export function claimForms(arn: string): void {
  if (sessionStorage.getItem(OWNER) !== arn) forgetForms();
  sessionStorage.setItem(OWNER, arn);
}

/** As useKept, for a text that is being edited; null: it is not. */
export function useKeptDraft(name: string): [string | null, (draft: string | null) => void] {
  const [{ draft }, set] = useKept<{ draft: string | null }>(() => ({ draft: null }), name);
  return [draft, (next) => set({ draft: next })];
}
