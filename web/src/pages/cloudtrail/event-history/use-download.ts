import type { Event } from "@aws-sdk/client-cloudtrail";
import { useState } from "react";
import { useNotifications } from "../../../app/notifications";
import { counted } from "../../../components/count";
import { download, toCsv } from "../../../components/download";
import { lookupPage, recordOf, useCloudTrail, type Lookup } from "../use-cloudtrail";
import { EVENT_COLUMNS } from "./table-config";

export type Format = "csv" | "json";

const MAX_EVENTS = 200_000; // as many as AWS's console gives

function save(format: Format, events: Event[]) {
  if (format === "json") {
    download("event_history.json", JSON.stringify({ Records: events.map(recordOf) }, null, 2), "application/json");
  } else {
    const rows = events.map((event) => EVENT_COLUMNS.map((column) => column.plain(event)));
    download("event_history.csv", toCsv(EVENT_COLUMNS.map((column) => String(column.header)), rows), "text/csv");
  }
}

/** Saves all events that the lookup finds, not only those that are shown; tells how far it is. */
export function useDownload(lookup: Lookup) {
  const client = useCloudTrail();
  const { notify, succeed, fail } = useNotifications();
  const [busy, setBusy] = useState(false);

  async function start(format: Format) {
    setBusy(true);
    const tell = (count: number, id?: string) => notify({ type: "in-progress", loading: true, header: `Collecting events: ${count} so far` }, id);
    const note = tell(0);
    try {
      const events: Event[] = [];
      let token: string | undefined;
      do {
        const page = await lookupPage(client, lookup, token);
        events.push(...(page.Events ?? []));
        token = page.NextToken;
        tell(events.length, note);
      } while (token && events.length < MAX_EVENTS);
      save(format, events);
      succeed(`${counted(events.length, "event is", "events are")} in your downloads`, note);
    } catch (error) {
      fail("The events could not be downloaded", error, note);
    } finally {
      setBusy(false);
    }
  }
  return { start, busy };
}
