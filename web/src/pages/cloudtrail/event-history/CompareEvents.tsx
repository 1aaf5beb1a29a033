import type { Event } from "@aws-sdk/client-cloudtrail";
import Table from "@cloudscape-design/components/table";
import { formatTime } from "../../../components/time";
import { recordOf, text } from "../use-cloudtrail";
import { EVENT_COLUMNS } from "./table-config";

interface Row {
  name: string;
  values: string[];
}

function rowsOf(events: Event[]): Row[] {
  const rows = EVENT_COLUMNS.map((column) => ({ name: String(column.header), values: events.map((event) => (column.id === "time" ? formatTime(event.EventTime) : column.plain(event))) }));
  for (const name of ["requestParameters", "responseElements", "errorMessage"]) {
    rows.push({ name, values: events.map((event) => text(recordOf(event)[name])) });
  }
  return rows;
}

/** Events side by side, a line for each of their attributes; where they differ, it is in bold. */
export function CompareEvents({ events }: { events: Event[] }) {
  return (
    <Table<Row>
      variant="embedded"
      wrapLines
      items={rowsOf(events)}
      trackBy="name"
      ariaLabels={{ tableLabel: "Compared events" }}
      columnDefinitions={[
        { id: "attribute", header: "Attribute", cell: (row) => row.name, width: 180, isRowHeader: true },
        ...events.map((event, index) => ({
          id: event.EventId ?? String(index),
          header: event.EventName ?? "",
          cell: (row: Row) => {
            const value = row.values[index] || "–";
            return new Set(row.values).size > 1 ? <b>{value}</b> : value;
          },
        })),
      ]}
    />
  );
}
