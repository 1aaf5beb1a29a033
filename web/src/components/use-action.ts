import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { endsSession } from "../aws/errors";
import { useSession } from "../session/SessionContext";
import { useNotifications } from "../app/notifications";

interface Words<T> {
  /** "Deleting user chaos": shown while it runs, where it takes a while; what `work` tells of itself takes its place. */
  doing?: string;
  done: string | ((result: T) => string);
  failed: string;
  /** The error is shown where it arose (error below), not at the top. */
  quiet?: boolean;
}

/**
 * Something that changes the account: busy while it runs, told at the top of the page when it is done or has failed; what
 * is shown of the account is loaded anew. `run` gives true where it went well.
 */
export function useAction<T = void>() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const queries = useQueryClient();
  const { notify, succeed, fail } = useNotifications();
  const { expire } = useSession();
  const run = useCallback(
    async (words: Words<T>, work: (tell: (header: string) => void) => Promise<T>): Promise<boolean> => {
      setBusy(true);
      setError(null);
      const id = words.doing && notify({ type: "in-progress", loading: true, header: words.doing });
      try {
        const result = await work((header) => void (id && notify({ type: "in-progress", loading: true, header }, id)));
        succeed(typeof words.done === "string" ? words.done : words.done(result), id || undefined);
        return true;
      } catch (failure) {
        setError(failure);
        if (!words.quiet || id) fail(words.failed, failure, id || undefined);
        if (endsSession(failure)) expire();
        return false;
      } finally {
        setBusy(false);
        await queries.invalidateQueries();
      }
    },
    [notify, succeed, fail, queries, expire],
  );
  const reset = useCallback(() => setError(null), []);
  return { run, busy, error, reset };
}
