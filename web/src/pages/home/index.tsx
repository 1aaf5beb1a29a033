import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useNavigate } from "react-router-dom";
import { SERVICES } from "../../app/navigation";
import { visits } from "../../app/visits";
import { AppLink } from "../../components/AppLink";
import { Details } from "../../components/Details";
import { ErrorAlert } from "../../components/ErrorAlert";
import { formatAge, formatTime } from "../../components/time";
import { useSession } from "../../session/SessionContext";
import { Logging } from "../cloudtrail/trails/table-config";
import { recordOf, text, useEvents, useTrails } from "../cloudtrail/use-cloudtrail";

const SHOWN = 6;
const SIGN_INS = { attribute: { AttributeKey: "EventName" as const, AttributeValue: "ConsoleLogin" } };
const CHANGES = { attribute: { AttributeKey: "ReadOnly" as const, AttributeValue: "false" } };

function Recent() {
  const known = visits().map((id) => SERVICES.find((service) => service.id === id)).filter((service) => service !== undefined);
  const shown = known.length > 0 ? known : SERVICES;
  return (
    <Container header={<Header variant="h2">{known.length > 0 ? "Recently visited" : "Services"}</Header>}>
      <ColumnLayout columns={2} minColumnWidth={180}>
        {shown.map((service) => (
          <div key={service.id}>
            <AppLink href={service.home}>{service.name}</AppLink>
            <Box color="text-body-secondary" fontSize="body-s">
              {service.description}
            </Box>
          </div>
        ))}
      </ColumnLayout>
    </Container>
  );
}

function Trails() {
  const navigate = useNavigate();
  const trails = useTrails();
  return (
    <Container header={<Header variant="h2" actions={<Button onClick={() => navigate("/cloudtrail/trails/create")}>Create trail</Button>}>Trails</Header>}>
      <ErrorAlert error={trails.error} header="The trails could not be loaded" />
      {trails.isLoading && <Spinner />}
      {trails.data?.length === 0 && <Box>No trail delivers log files yet. What happens is in the event history all the same.</Box>}
      <SpaceBetween size="s">
        {trails.data?.map((trail) => (
          <div key={trail.TrailARN}>
            <AppLink href={`/cloudtrail/trails/${trail.Name}`}>{trail.Name}</AppLink> <Logging trail={trail} />
            <Box color="text-body-secondary" fontSize="body-s">
              Last log file {trail.latestDelivery ? formatAge(trail.latestDelivery) : "not delivered yet"}
            </Box>
          </div>
        ))}
      </SpaceBetween>
    </Container>
  );
}

function Events({ title, lookup, href }: { title: string; lookup: typeof SIGN_INS | typeof CHANGES; href: string }) {
  const navigate = useNavigate();
  const events = useEvents(lookup);
  const latest = events.data?.pages[0]?.Events?.slice(0, SHOWN) ?? [];
  return (
    <Container header={<Header variant="h2" actions={<Button onClick={() => navigate(href)}>View all</Button>}>{title}</Header>}>
      <ErrorAlert error={events.error} header="The events could not be loaded" />
      {events.isLoading && <Spinner />}
      {events.data && latest.length === 0 && <Box>None yet.</Box>}
      <SpaceBetween size="s">
        {latest.map((event) => {
          const record = recordOf(event);
          const failed = text(record.errorMessage);
          return (
            <div key={event.EventId}>
              <AppLink href={`/cloudtrail/events/${event.EventId}`}>{event.EventName}</AppLink> by <b>{event.Username ?? text(record.sourceIPAddress)}</b>
              <Box color={failed ? "text-status-error" : "text-body-secondary"} fontSize="body-s">
                {formatAge(event.EventTime)} from {text(record.sourceIPAddress)}
                {failed && `: ${failed}`}
              </Box>
            </div>
          );
        })}
      </SpaceBetween>
    </Container>
  );
}

export default function HomePage() {
  const { session } = useSession();
  return (
    <SpaceBetween size="l">
      <Header variant="h1">Console Home</Header>
      <ColumnLayout columns={2} minColumnWidth={320}>
        <SpaceBetween size="l">
          <Recent />
          <Trails />
          <Events title="Latest sign-ins" lookup={SIGN_INS} href="/cloudtrail/events?EventName=ConsoleLogin" />
        </SpaceBetween>
        <SpaceBetween size="l">
          <Container header={<Header variant="h2">Welcome</Header>}>
            <Details
              columns={2}
              items={{
                "Signed in as": session.type === "Root" ? "root" : session.userName,
                "Account ID": session.accountId,
                "Your address": session.sourceIp,
                "Session ends": formatTime(session.expiration),
              }}
            />
          </Container>
          <Events title="Latest changes" lookup={CHANGES} href="/investigate" />
        </SpaceBetween>
      </ColumnLayout>
    </SpaceBetween>
  );
}
