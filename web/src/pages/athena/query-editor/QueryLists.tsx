import { DeleteNamedQueryCommand, type NamedQuery, type QueryExecution } from "@aws-sdk/client-athena";
import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { ResourceTable } from "../../../components/ResourceTable";
import { formatBytes, formatTime } from "../../../components/time";
import { useAction } from "../../../components/use-action";
import { useAthena, useRecentQueries, useSavedQueries } from "../use-athena";

interface Props {
  workgroup: string;
  /** Opens a query in a tab of its own. */
  open: (sql: string, title?: string) => void;
}

const TYPES = { SUCCEEDED: "success", FAILED: "error", CANCELLED: "stopped", RUNNING: "in-progress", QUEUED: "pending" } as const;

export function RecentQueries({ workgroup, open }: Props) {
  const recent = useRecentQueries(workgroup);
  return (
    <ResourceTable<QueryExecution>
      id="recent-queries"
      title="Recent queries"
      noun="recent queries"
      variant="embedded"
      items={recent.data}
      loading={recent.isLoading}
      error={recent.error}
      refresh={() => void recent.refetch()}
      keyOf={(item) => item.QueryExecutionId ?? ""}
      columns={[
        {
          id: "query", header: "Query", maxWidth: 480,
          cell: (item) => (
            <button type="button" className="data-name mono" title="Open in the editor" onClick={() => open(item.Query ?? "")}>
              {(item.Query ?? "").replace(/\s+/g, " ").slice(0, 120)}
            </button>
          ),
        },
        { id: "started", header: "Start time", cell: (item) => formatTime(item.Status?.SubmissionDateTime) },
        {
          id: "status", header: "Status",
          cell: (item) => <StatusIndicator type={TYPES[item.Status?.State ?? "QUEUED"] ?? "info"}>{item.Status?.State}</StatusIndicator>,
        },
        { id: "time", header: "Run time", cell: (item) => `${item.Statistics?.EngineExecutionTimeInMillis ?? 0} ms` },
        { id: "scanned", header: "Data scanned", cell: (item) => formatBytes(item.Statistics?.DataScannedInBytes ?? 0) },
        { id: "id", header: "Execution ID", cell: (item) => item.QueryExecutionId, hidden: true },
      ]}
    />
  );
}

export function SavedQueries({ workgroup, open }: Props) {
  const client = useAthena();
  const saved = useSavedQueries(workgroup);
  const [selected, setSelected] = useState<NamedQuery[]>([]);
  const [asking, setAsking] = useState(false);
  const { run, busy, error } = useAction();
  const [query] = selected;

  async function remove() {
    const words = { done: `Query ${query.Name} was deleted`, failed: "The query was not deleted", quiet: true };
    if (!(await run(words, async () => void (await client.send(new DeleteNamedQueryCommand({ NamedQueryId: query.NamedQueryId })))))) return;
    setAsking(false);
    setSelected([]);
  }

  return (
    <>
      <ResourceTable<NamedQuery>
        id="saved-queries"
        title="Saved queries"
        noun="saved queries"
        variant="embedded"
        items={saved.data}
        loading={saved.isLoading}
        error={saved.error}
        refresh={() => void saved.refetch()}
        keyOf={(item) => item.NamedQueryId ?? ""}
        labelOf={(item) => item.Name ?? ""}
        selectionType="single"
        selected={selected}
        onSelect={setSelected}
        actions={
          <>
            <Button disabled={!query} onClick={() => setAsking(true)}>
              Delete
            </Button>
            <Button disabled={!query} onClick={() => open(query.QueryString ?? "", query.Name)}>
              Open in editor
            </Button>
          </>
        }
        columns={[
          { id: "name", header: "Name", cell: (item) => item.Name, sortingField: "Name" },
          { id: "description", header: "Description", cell: (item) => item.Description ?? "–" },
          { id: "database", header: "Database", cell: (item) => item.Database, sortingField: "Database" },
          { id: "query", header: "Query", cell: (item) => <span className="mono">{(item.QueryString ?? "").replace(/\s+/g, " ").slice(0, 100)}</span> },
        ]}
      />
      {asking && (
        <ConfirmModal title="Delete saved query" verb="Delete" busy={busy} error={error} onConfirm={remove} onDismiss={() => setAsking(false)}>
          {query.Name}
        </ConfirmModal>
      )}
    </>
  );
}
