import type { Event } from "@aws-sdk/client-cloudtrail";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import { AppLink } from "../../../components/AppLink";
import { formatTime } from "../../../components/time";
import { recordOf, text } from "../use-cloudtrail";

export interface EventColumn extends TableProps.ColumnDefinition<Event> {
  id: string;
  hidden?: boolean;
  plain: (event: Event) => string;
}

const column = (id: string, header: string, plain: (event: Event) => string, hidden = false): EventColumn => ({ id, header, plain, cell: (event) => plain(event) || "–", hidden });

export const EVENT_COLUMNS: EventColumn[] = [
  {
    ...column("name", "Event name", (event) => event.EventName ?? ""),
    cell: (event) => <AppLink href={`/cloudtrail/events/${event.EventId}`}>{event.EventName}</AppLink>,
  },
  { ...column("time", "Event time", (event) => event.EventTime?.toISOString() ?? ""), cell: (event) => formatTime(event.EventTime) },
  column("user", "User name", (event) => event.Username ?? ""),
  column("source", "Event source", (event) => event.EventSource ?? ""),
  column("resourceType", "Resource type", (event) => event.Resources?.map((resource) => resource.ResourceType).join(", ") ?? ""),
  column("resourceName", "Resource name", (event) => event.Resources?.map((resource) => resource.ResourceName).join(", ") ?? ""),
  column("address", "Source IP address", (event) => text(recordOf(event).sourceIPAddress), true),
  column("region", "AWS region", (event) => text(recordOf(event).awsRegion), true),
  column("readOnly", "Read-only", (event) => event.ReadOnly ?? "", true),
  column("key", "AWS access key", (event) => event.AccessKeyId ?? "", true),
  column("id", "Event ID", (event) => event.EventId ?? "", true),
  {
    ...column("error", "Error code", (event) => text(recordOf(event).errorCode), true),
    cell: (event) => {
      const code = text(recordOf(event).errorCode);
      return code ? <StatusIndicator type="error">{code}</StatusIndicator> : "–";
    },
  },
  column("agent", "User agent", (event) => text(recordOf(event).userAgent), true),
  { ...column("console", "From the console", (event) => (recordOf(event).sessionCredentialFromConsole === "true" || event.EventSource === "signin.amazonaws.com" ? "Yes" : "No"), true) },
];
