import type { Event } from "@aws-sdk/client-cloudtrail";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import SplitPanel from "@cloudscape-design/components/split-panel";
import Table from "@cloudscape-design/components/table";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router-dom";
import { useSplitPanel } from "../../../app/split-panel";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { useEvents, type Lookup } from "../use-cloudtrail";
import { attributeIn, searchOf } from "./attributes";
import { CompareEvents } from "./CompareEvents";
import { CreateTableModal } from "./CreateTableModal";
import { LookupBar } from "./LookupBar";
import { EVENT_COLUMNS } from "./table-config";
import { useDownload, type Format } from "./use-download";

const MAX_COMPARED = 5;
const COLUMNS_KEY = "opentrail.table.event-history";

const DEFAULT_DISPLAY = EVENT_COLUMNS.map(({ id, hidden }) => ({ id, visible: !hidden }));

function useDisplay() {
  const [display, setDisplay] = useState(() => {
    try {
      const stored = JSON.parse(localStorage.getItem(COLUMNS_KEY) ?? "null") as typeof DEFAULT_DISPLAY | null;
      return stored?.length === DEFAULT_DISPLAY.length ? stored : DEFAULT_DISPLAY;
    } catch {
      return DEFAULT_DISPLAY;
    }
  });
  const save = (next: readonly { id: string; visible: boolean }[]) => {
    setDisplay([...next]);
    localStorage.setItem(COLUMNS_KEY, JSON.stringify(next));
  };
  return [display, save] as const;
}

export default function EventHistoryPage() {
  const [search, setSearch] = useSearchParams();
  const [lookup, setLookup] = useState<Lookup>(() => ({ attribute: attributeIn(search) }));
  const [selected, setSelected] = useState<Event[]>([]);
  const [creating, setCreating] = useState(false);
  const [display, setDisplay] = useDisplay();
  const filter = (next: Lookup) => {
    setLookup(next);
    setSearch(searchOf(next.attribute), { replace: true });
  };
  const query = useEvents(lookup);
  const saving = useDownload(lookup);
  const events = useMemo(() => query.data?.pages.flatMap((page) => page.Events ?? []) ?? [], [query.data]);

  useSplitPanel(
    selected.length > 0 ? (
      <SplitPanel header={selected.length === 1 ? `Event: ${selected[0].EventName}` : `Comparing ${selected.length} events`} hidePreferencesButton>
        <CompareEvents events={selected} />
      </SplitPanel>
    ) : null,
  );

  return (
    <SpaceBetween size="m">
      <ErrorAlert error={query.error} header="The events could not be loaded" retry={() => void query.refetch()} />
      <Table<Event>
        items={events}
        columnDefinitions={EVENT_COLUMNS}
        columnDisplay={display}
        trackBy="EventId"
        loading={query.isLoading}
        loadingText="Loading events"
        stickyHeader
        variant="full-page"
        selectionType="multi"
        selectedItems={selected}
        isItemDisabled={(event) => selected.length >= MAX_COMPARED && !selected.includes(event)}
        onSelectionChange={({ detail }) => setSelected(detail.selectedItems.slice(0, MAX_COMPARED))}
        ariaLabels={{ tableLabel: "Event history", selectionGroupLabel: "Events to compare", allItemsSelectionLabel: () => "Select events", itemSelectionLabel: (_, event) => `Select ${event.EventName} ${event.EventId}` }}
        header={
          <Header
            variant="h1"
            counter={query.error ? "" : `(${events.length}${query.hasNextPage ? "+" : ""})`}
            description="Event history shows you the last 90 days of management events. Select up to five to compare them."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button iconName="refresh" ariaLabel="Refresh events" loading={query.isRefetching} onClick={() => void query.refetch()} />
                <ButtonDropdown
                  disabled={events.length === 0}
                  loading={saving.busy}
                  loadingText="Collecting events"
                  items={[
                    { id: "csv", text: "Download as CSV" },
                    { id: "json", text: "Download as JSON" },
                  ]}
                  onItemClick={({ detail }) => void saving.start(detail.id as Format)}
                >
                  Download events
                </ButtonDropdown>
                <Button onClick={() => setCreating(true)}>Create Athena table</Button>
              </SpaceBetween>
            }
          >
            Event history
          </Header>
        }
        filter={<LookupBar lookup={lookup} onChange={filter} />}
        preferences={
          <CollectionPreferences
            title="Preferences"
            confirmLabel="Confirm"
            cancelLabel="Cancel"
            preferences={{ contentDisplay: display }}
            onConfirm={({ detail }) => detail.contentDisplay && setDisplay(detail.contentDisplay)}
            contentDisplayPreference={{ title: "Columns", options: EVENT_COLUMNS.map(({ id, header }) => ({ id, label: String(header) })) }}
          />
        }
        empty={
          !query.error && <Box textAlign="center" padding="m">
            <b>No events</b>
            <Box variant="p">Nothing in this account matches the filter in this time.</Box>
          </Box>
        }
        footer={
          query.hasNextPage && (
            <Box textAlign="center">
              <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                Load more events
              </Button>
            </Box>
          )
        }
      />
      {creating && <CreateTableModal onDismiss={() => setCreating(false)} />}
    </SpaceBetween>
  );
}
