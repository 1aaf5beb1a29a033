import { keepPreviousData, QueryCache, QueryClient, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { endsSession, isDenied, isUnreachable } from "./errors";
import { useSession } from "../session/SessionContext";

/** Asks again only where the answer may be another: not for refusals. The SDK itself has tried several times. */
export function makeQueryClient(expire: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: (error) => endsSession(error) && expire() }),
    defaultOptions: {
      queries: { retry: (count, error) => isUnreachable(error) && count < 3, refetchOnWindowFocus: false, staleTime: 2_000 },
    },
  });
}

interface Options {
  enabled?: boolean;
  refetchInterval?: number | false;
}

/** What `load` gives, kept under `key` for the region in use; loaded anew when any part of the key changes. */
export function useAws<T>(key: readonly unknown[], load: () => Promise<T>, options: Options = {}): UseQueryResult<T> {
  const { region, session } = useSession();
  return useQuery({
    queryKey: [session.accessKeyId, region, ...key],
    queryFn: load,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (isDenied(query.state.error) ? false : (options.refetchInterval ?? false)),
    enabled: options.enabled,
  });
}

/** All pages of a paginated list, at most `limit` items. */
export async function collect<Page, Item>(pages: AsyncIterable<Page>, items: (page: Page) => Item[] | undefined, limit = 10_000): Promise<Item[]> {
  const all: Item[] = [];
  for await (const page of pages) {
    all.push(...(items(page) ?? []));
    if (all.length >= limit) break;
  }
  return all;
}
