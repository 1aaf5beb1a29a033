import type { Event } from "@aws-sdk/client-cloudtrail";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useNavigate } from "react-router-dom";
import { AppLink } from "../../../components/AppLink";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { EVENT_COLUMNS } from "../event-history/table-config";
import { TRAIL_COLUMNS } from "../trails/table-config";
import { useEvents, useTrails, type TrailState } from "../use-cloudtrail";

const SHOWN = 10;
const WRITES = { attribute: { AttributeKey: "ReadOnly" as const, AttributeValue: "false" } };

export default function DashboardPage() {
  const navigate = useNavigate();
  const trails = useTrails();
  const events = useEvents(WRITES);
  const latest = events.data?.pages[0]?.Events?.slice(0, SHOWN) ?? [];
  return (
    <SpaceBetween size="l">
      <Header variant="h1">Dashboard</Header>
      <ErrorAlert error={trails.error} header="The trails could not be loaded" retry={() => void trails.refetch()} />
      <Table<TrailState>
        header={
          <Header
            variant="h2"
            counter={trails.data && `(${trails.data.length})`}
            actions={
              <Button variant="primary" onClick={() => navigate("/cloudtrail/trails/create")}>
                Create trail
              </Button>
            }
          >
            Trails
          </Header>
        }
        ariaLabels={{ tableLabel: "Trails" }}
        items={trails.data ?? []}
        loading={trails.isLoading}
        loadingText="Loading trails"
        columnDefinitions={TRAIL_COLUMNS.filter(({ hidden }) => !hidden)}
        empty={<Box textAlign="center">No trails. Without one, events are kept in the history alone.</Box>}
      />
      <ErrorAlert error={events.error} header="The events could not be loaded" retry={() => void events.refetch()} />
      <Table<Event>
        header={
          <Header variant="h2" actions={<Button onClick={() => navigate("/investigate")}>Investigate</Button>} description="The latest changes to the account">
            Event history
          </Header>
        }
        ariaLabels={{ tableLabel: "Event history" }}
        items={latest}
        trackBy="EventId"
        loading={events.isLoading}
        loadingText="Loading events"
        columnDefinitions={EVENT_COLUMNS.filter(({ hidden }) => !hidden)}
        empty={<Box textAlign="center">No events</Box>}
        footer={
          <Box textAlign="center">
            <AppLink href="/cloudtrail/events">View full Event history</AppLink>
          </Box>
        }
      />
    </SpaceBetween>
  );
}
