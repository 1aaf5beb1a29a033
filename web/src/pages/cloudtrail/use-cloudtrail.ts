import {
  CloudTrailClient, DescribeTrailsCommand, GetEventSelectorsCommand, GetTrailStatusCommand, LookupEventsCommand,
  type Event, type LookupAttribute, type LookupEventsCommandOutput, type Trail,
} from "@aws-sdk/client-cloudtrail";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useClient } from "../../aws/clients";
import { useAws } from "../../aws/query";
import { useSession } from "../../session/SessionContext";

export const useCloudTrail = () => useClient(CloudTrailClient);

export interface TrailState extends Trail {
  isLogging: boolean | undefined;
  latestDelivery: Date | undefined;
  latestDeliveryError: string | undefined;
  latestDigest: Date | undefined;
  started: Date | undefined;
  stopped: Date | undefined;
}

export function useTrails(names?: string[]) {
  const client = useCloudTrail();
  return useAws<TrailState[]>(
    ["cloudtrail", "trails", names],
    async () => {
      const { trailList } = await client.send(new DescribeTrailsCommand({ trailNameList: names }));
      return Promise.all(
        (trailList ?? []).map(async (trail) => {
          const status = await client.send(new GetTrailStatusCommand({ Name: trail.TrailARN }));
          return {
            ...trail,
            isLogging: status.IsLogging,
            latestDelivery: status.LatestDeliveryTime,
            latestDeliveryError: status.LatestDeliveryError,
            latestDigest: status.LatestDigestDeliveryTime,
            started: status.StartLoggingTime,
            stopped: status.StopLoggingTime,
          };
        }),
      );
    },
    { refetchInterval: 15_000 },
  );
}

export function useSelectors(name: string | undefined) {
  const client = useCloudTrail();
  return useAws(["cloudtrail", "selectors", name], () => client.send(new GetEventSelectorsCommand({ TrailName: name })), { enabled: name !== undefined });
}

export interface Lookup {
  attribute?: LookupAttribute;
  start?: Date;
  end?: Date;
}

/** Events of the history, newest first, a page of 50 at a time. */
export function useEvents(lookup: Lookup) {
  const client = useCloudTrail();
  const { session, region } = useSession();
  return useInfiniteQuery({
    queryKey: [session.accessKeyId, region, "cloudtrail", "events", lookup],
    queryFn: ({ pageParam }) => lookupPage(client, lookup, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.NextToken,
  });
}

export function lookupPage(client: CloudTrailClient, { attribute, start, end }: Lookup, token?: string): Promise<LookupEventsCommandOutput> {
  return client.send(
    new LookupEventsCommand({ LookupAttributes: attribute && [attribute], StartTime: start, EndTime: end, NextToken: token, MaxResults: 50 }),
  );
}

/** The record inside an event; {} where it is no JSON. */
export function recordOf(event: Event | undefined): Record<string, unknown> {
  try {
    return JSON.parse(event?.CloudTrailEvent ?? "{}") as Record<string, unknown>;
  } catch {
    return {};
  }
}

export const text = (value: unknown): string => (value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));
