import type { Event } from "@aws-sdk/client-cloudtrail";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Table from "@cloudscape-design/components/table";
import { useParams } from "react-router-dom";
import { useAws } from "../../../aws/query";
import { AppLink } from "../../../components/AppLink";
import { Copyable, Details } from "../../../components/Details";
import { download } from "../../../components/download";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { JsonView } from "../../../components/JsonView";
import { formatTime } from "../../../components/time";
import { lookupPage, recordOf, text, useCloudTrail } from "../use-cloudtrail";
import { pageOfResource } from "../resource-pages";

export default function EventPage() {
  const { id = "" } = useParams();
  const client = useCloudTrail();
  const query = useAws<Event | null>(["cloudtrail", "event", id], async () => {
    const page = await lookupPage(client, { attribute: { AttributeKey: "EventId", AttributeValue: id } });
    return page.Events?.[0] ?? null;
  });
  if (query.isLoading) return <Spinner size="large" />;
  if (query.error) return <ErrorAlert error={query.error} header="The event could not be loaded" retry={() => void query.refetch()} />;
  if (!query.data) return <Box variant="p">There is no event {id} in the last 90 days in this region.</Box>;
  return <EventDetails event={query.data} />;
}

function EventDetails({ event }: { event: Event }) {
  const record = recordOf(event);
  const json = JSON.stringify(record, null, 4);
  const resources = event.Resources ?? [];
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={<Button onClick={() => download(`${event.EventId}.json`, json, "application/json")}>Download JSON</Button>}>
        {event.EventName}
      </Header>
      <Container header={<Header variant="h2">Details</Header>}>
        <Details
          items={{
            "Event time": formatTime(event.EventTime),
            "User name": event.Username,
            "Event name": event.EventName,
            "Event source": event.EventSource,
            "AWS access key": <Copyable value={event.AccessKeyId} />,
            "Source IP address": <Copyable value={text(record.sourceIPAddress)} />,
            "AWS region": text(record.awsRegion),
            "Read-only": event.ReadOnly,
            "Error code": text(record.errorCode),
            "Event ID": <Copyable value={event.EventId} />,
            "Request ID": <Copyable value={text(record.requestID)} />,
            "User agent": text(record.userAgent),
          }}
        />
      </Container>
      <Table
        header={
          <Header variant="h2" counter={`(${resources.length})`}>
            Resources referenced
          </Header>
        }
        items={resources}
        ariaLabels={{ tableLabel: "Resources referenced" }}
        empty={<Box textAlign="center">This event names no resources.</Box>}
        columnDefinitions={[
          { id: "type", header: "Resource type", cell: (resource) => resource.ResourceType },
          {
            id: "name", header: "Resource name",
            cell: (resource) => {
              const page = pageOfResource(resource);
              return page ? <AppLink href={page}>{resource.ResourceName}</AppLink> : resource.ResourceName;
            },
          },
        ]}
      />
      <Container
        header={
          <Header variant="h2" actions={<CopyToClipboard copyButtonText="Copy" textToCopy={json} copySuccessText="Copied" copyErrorText="Copying failed" />}>
            Event record
          </Header>
        }
      >
        <JsonView value={record} label="Event record" />
      </Container>
    </SpaceBetween>
  );
}
