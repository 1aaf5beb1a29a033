import type { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { useCallback, useEffect, useRef, useState } from "react";
import { endsSession, isUnreachable } from "../../aws/errors";
import { useSession } from "../../session/SessionContext";
import { lookupPage, recordOf, useCloudTrail } from "../cloudtrail/use-cloudtrail";
import { merge, momentOf, type Moment } from "./timeline";

const LIVE_PAUSE_MS = 5000;
const OVERLAP_MS = 60_000; // an event may be told later than it happened
const TELL_EVERY_MS = 1000;
export const MAX_MOMENTS = 20_000;

interface Moments {
  moments: Moment[];
  loading: boolean;
  error: unknown;
  /** The server could not be reached just now; it is asked again. */
  offline: boolean;
  retry: () => void;
}

const momentsOf = (events: Parameters<typeof recordOf>[0][] | undefined) => (events ?? []).map((event) => momentOf(recordOf(event))).filter((moment) => moment !== null);

/** Hands over the events since `start`, newest first, as they come, until `take` says false. Not each page by itself: every
 * time, all that is known is drawn anew. */
async function collectSince(client: CloudTrailClient, start: Date, take: (moments: Moment[]) => boolean) {
  let count = 0;
  let token: string | undefined;
  let waiting: Moment[] = [];
  let told = 0;
  do {
    const page = await lookupPage(client, { start }, token);
    waiting.push(...momentsOf(page.Events));
    count += page.Events?.length ?? 0;
    token = count < MAX_MOMENTS ? page.NextToken : undefined;
    if (token && Date.now() - told < TELL_EVERY_MS) continue;
    if (!take(waiting)) return;
    waiting = [];
    told = Date.now();
  } while (token);
}

/** What was loaded last, whole: who comes back to the page waits only for what has happened since. */
let kept: { key: string; moments: Moment[] } = { key: "", moments: [] };

/** The account's events of the last `hours`, page after page as they come; live: what happens from now on, too. */
export function useMoments(hours: number, live: boolean, enabled: boolean): Moments {
  const client = useCloudTrail();
  const { expire, session, region } = useSession();
  const key = `${session.accessKeyId} ${region} ${hours}`;
  const [moments, setMoments] = useState<Moment[]>([]);
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<unknown>(null);
  const [offline, setOffline] = useState(false);
  const [round, setRound] = useState(0);
  const newest = useRef(0);
  const whole = useRef("");

  const add = useCallback((incoming: Moment[]) => {
    for (const moment of incoming) newest.current = Math.max(newest.current, moment.time);
    setMoments((known) => merge(known, incoming).slice(-MAX_MOMENTS));
  }, []);
  const fail = useCallback(
    (failure: unknown) => {
      setError(failure);
      if (endsSession(failure)) expire();
    },
    [expire],
  );

  useEffect(() => {
    if (!enabled) return setLoading(false);
    let stopped = false;
    const start = Date.now() - hours * 3_600_000;
    const known = kept.key === key ? kept.moments.filter((moment) => moment.time >= start) : [];
    newest.current = known.at(-1)?.time ?? 0;
    whole.current = "";
    setMoments(known);
    setLoading(known.length === 0);
    setError(null);
    collectSince(client, new Date(Math.max(start, newest.current - OVERLAP_MS)), (incoming) => {
      if (!stopped) add(incoming);
      return !stopped;
    })
      .then(() => !stopped && (whole.current = key))
      .catch((failure: unknown) => !stopped && fail(failure))
      .finally(() => !stopped && setLoading(false));
    return () => void (stopped = true);
  }, [client, hours, enabled, key, round, add, fail]);

  useEffect(() => {
    if (whole.current === key) kept = { key, moments };
  }, [key, moments, loading]);

  useEffect(() => {
    if (!enabled || !live || loading || error) return;
    let stopped = false;
    let asking = false;
    const timer = setInterval(() => {
      if (document.hidden) return;
      if (asking) return;
      asking = true;
      const start = new Date(Math.max(newest.current - OVERLAP_MS, Date.now() - hours * 3_600_000));
      collectSince(client, start, (incoming) => {
        if (!stopped) add(incoming);
        return !stopped;
      })
        .then(() => !stopped && setOffline(false))
        .catch((failure: unknown) => {
          if (stopped) return;
          if (isUnreachable(failure)) setOffline(true);
          else fail(failure);
        })
        .finally(() => (asking = false));
    }, LIVE_PAUSE_MS);
    return () => {
      stopped = true;
      clearInterval(timer);
    };
  }, [client, hours, live, enabled, loading, error, add, fail]);

  const retry = () => {
    kept = { key: "", moments: [] };
    setRound((before) => before + 1);
  };
  return { moments, loading, error, offline, retry };
}
