import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Toggle from "@cloudscape-design/components/toggle";
import TokenGroup from "@cloudscape-design/components/token-group";
import { useCallback, useMemo, useRef, useState } from "react";
import { useSplitPanel } from "../../app/split-panel";
import { counted } from "../../components/count";
import { ErrorAlert } from "../../components/ErrorAlert";
import { ResourceTable } from "../../components/ResourceTable";
import { formatTime } from "../../components/time";
import { useSession } from "../../session/SessionContext";
import { EventPanel } from "./EventPanel";
import { Facts } from "./Facts";
import { importLogs, type Imported } from "./import-logs";
import "./investigate.css";
import { Timeline } from "./Timeline";
import { countBy, FIELD_LABELS, KINDS, matches, spanOf, zoom, type Kind, type Moment, type Pivot, type Span } from "./timeline";
import { MAX_MOMENTS, useMoments } from "./use-moments";

const MAX_LANES = 16;
const KIND_LABELS: Record<Kind, string> = { read: "Read", write: "Write", denied: "Denied" };
const RANGES = [
  { value: "1", label: "Last hour" },
  { value: "6", label: "Last 6 hours" },
  { value: "24", label: "Last day" },
  { value: "168", label: "Last week" },
  { value: "2160", label: "Last 90 days" },
];

export default function InvestigatePage() {
  const { session } = useSession();
  const [hours, setHours] = useState("24");
  const [live, setLive] = useState(true);
  const [imported, setImported] = useState<Imported | null>(null);
  const [reading, setReading] = useState("");
  const [pivots, setPivots] = useState<Pivot[]>([]);
  const [kinds, setKinds] = useState<ReadonlySet<Kind>>(new Set(KINDS));
  const [withOwnReads, setWithOwnReads] = useState(false);
  const [zoomed, setZoomed] = useState<Span | null>(null);
  const [selected, setSelected] = useState<Moment[]>([]);
  const folder = useRef<HTMLInputElement>(null);
  const own = useMoments(Number(hours), live, imported === null);
  // Looking at the timeline is recorded, too: what this page itself asks would soon cover all else.
  const isOwnRead = useCallback((moment: Moment) => moment.kind === "read" && moment.key === session.accessKeyId, [session.accessKeyId]);
  const ownReads = useMemo(() => own.moments.filter(isOwnRead).length, [own.moments, isOwnRead]);
  const moments = useMemo(() => imported?.moments ?? (withOwnReads ? own.moments : own.moments.filter((moment) => !isOwnRead(moment))), [imported, own.moments, withOwnReads, isOwnRead]);

  const filtered = useMemo(() => moments.filter((moment) => matches(moment, pivots, kinds)), [moments, pivots, kinds]);
  const span = zoomed ?? spanOf(filtered);
  const visible = useMemo(() => filtered.filter((moment) => moment.time >= span.start && moment.time <= span.end), [filtered, span.start, span.end]);
  const lanes = useMemo(() => countBy(filtered, "identity").slice(0, MAX_LANES).map((count) => count.value), [filtered]);
  const more = useMemo(() => countBy(filtered, "identity").length - lanes.length, [filtered, lanes]);

  const pivot = (next: Pivot) => setPivots((before) => (before.some((one) => one.field === next.field && one.value === next.value) ? before : [...before, next]));
  useSplitPanel(selected.length > 0 ? <EventPanel moments={selected} pivot={pivot} /> : null);

  async function read(files: FileList | null) {
    if (!files?.length) return;
    setSelected([]);
    setZoomed(null);
    setImported(await importLogs([...files], (done, of) => setReading(`Reading file ${done} of ${of}`)));
    setReading("");
    if (folder.current) folder.current.value = "";
  }

  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description="Who did what, when, from where. Click anything to follow it."
        actions={
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            {imported ? (
              <Button onClick={() => setImported(null)}>Back to this account</Button>
            ) : (
              <>
                <Toggle checked={live} onChange={({ detail }) => setLive(detail.checked)}>
                  Live
                </Toggle>
                <Select ariaLabel="Time range" options={RANGES} selectedOption={RANGES.find((range) => range.value === hours) ?? null} onChange={({ detail }) => { setHours(detail.selectedOption.value!); setZoomed(null); }} />
              </>
            )}
            <Button iconName="folder-open" onClick={() => folder.current?.click()}>
              Open a folder of logs
            </Button>
          </SpaceBetween>
        }
      >
        Investigate
      </Header>
      <input ref={folder} type="file" hidden multiple aria-label="Folder of log files" {...{ webkitdirectory: "" }} onChange={(event) => void read(event.target.files)} />
      <ErrorAlert error={imported ? null : own.error} header="The events could not be loaded" retry={own.retry} />
      {imported && (
        <Alert type={imported.faults.length > 0 ? "warning" : "info"} header={`${counted(imported.moments.length, "event")} of ${counted(imported.files, "log file")} of a folder`}>
          They are read in this browser; nothing was uploaded.
          {imported.faults.length > 0 && ` ${counted(imported.faults.length, "file")} could not be read: ${imported.faults.slice(0, 3).join("; ")}`}
        </Alert>
      )}
      <Container
        header={
          <Header
            variant="h2"
            counter={`(${visible.length})`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="zoom-in" ariaLabel="Zoom in" onClick={() => setZoomed(zoom(span, 0.5))} />
                <Button iconName="zoom-out" ariaLabel="Zoom out" onClick={() => setZoomed(zoom(span, 2))} />
                <Button disabled={!zoomed} onClick={() => setZoomed(null)}>
                  Show all
                </Button>
              </SpaceBetween>
            }
          >
            Timeline
          </Header>
        }
        footer={
          <Box color="text-body-secondary" fontSize="body-s">
            {`${formatTime(span.start)} to ${formatTime(span.end)}. Drag to pick a range; Ctrl and the wheel zoom.`}
            {!imported && own.moments.length === MAX_MOMENTS && ` These are the newest ${MAX_MOMENTS.toLocaleString("en")} events of that time; those before them are in the event history.`}
            {more > 0 && ` ${counted(more, "more identity has", "more identities have")} fewer events, which are in the table below.`}
          </Box>
        }
      >
        <SpaceBetween size="m">
          <SpaceBetween direction="horizontal" size="l">
            {KINDS.map((kind) => (
              <Checkbox
                key={kind}
                checked={kinds.has(kind)}
                onChange={({ detail }) => setKinds((before) => new Set(KINDS.filter((one) => (one === kind ? detail.checked : before.has(one)))))}
              >
                <span className={`kind-dot kind-${kind}`} />
                {KIND_LABELS[kind]}
              </Checkbox>
            ))}
            {!imported && (
              <Checkbox checked={withOwnReads} onChange={({ detail }) => setWithOwnReads(detail.checked)}>
                Reads of this session ({ownReads})
              </Checkbox>
            )}
            {own.offline && !imported && <StatusIndicator type="warning">The server cannot be reached: asking again</StatusIndicator>}
            {(own.loading && !imported) || reading ? <StatusIndicator type="loading">{reading || "Loading events"}</StatusIndicator> : null}
          </SpaceBetween>
          {pivots.length > 0 && (
            <TokenGroup
              items={pivots.map(({ field, value }) => ({ label: `${FIELD_LABELS[field]}: ${value}`, dismissLabel: `Remove ${FIELD_LABELS[field]} ${value}` }))}
              onDismiss={({ detail }) => setPivots((before) => before.filter((_, index) => index !== detail.itemIndex))}
            />
          )}
          {lanes.length === 0 ? (
            <Box textAlign="center" padding="l">
              {own.loading && !imported ? "Loading events" : "No events match."}
            </Box>
          ) : (
            <Timeline moments={visible} lanes={lanes} span={span} setSpan={setZoomed} selected={selected} select={setSelected} pickLane={(value) => pivot({ field: "identity", value })} />
          )}
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">What stands out</Header>}>
        <Facts moments={visible} pivot={pivot} />
      </Container>
      <ResourceTable<Moment>
        id="investigate"
        title="Events"
        noun="events"
        items={visible.toReversed()}
        keyOf={(moment) => moment.id}
        labelOf={(moment) => `${moment.name} ${moment.id}`}
        selectionType="single"
        selected={selected.slice(0, 1)}
        onSelect={setSelected}
        columns={[
          { id: "time", header: "Time", cell: (moment) => formatTime(moment.time), sortingField: "time" },
          { id: "identity", header: "Identity", cell: (moment) => moment.identity, sortingField: "identity" },
          {
            id: "name", header: "Event", sortingField: "name",
            cell: (moment) => (
              <>
                <span className={`kind-dot kind-${moment.kind}`} aria-label={KIND_LABELS[moment.kind]} role="img" />
                {moment.name}
              </>
            ),
          },
          { id: "address", header: "From", cell: (moment) => moment.address, sortingField: "address" },
          { id: "made", header: "Made", cell: (moment) => (moment.fromConsole ? "Console" : "Program") },
          { id: "resources", header: "Resources", cell: (moment) => moment.resources.join(", ") || "–" },
          { id: "error", header: "Error", cell: (moment) => moment.error || "–" },
        ]}
      />
    </SpaceBetween>
  );
}
