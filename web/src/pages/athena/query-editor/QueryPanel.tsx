import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Tabs from "@cloudscape-design/components/tabs";
import { useEffect, useMemo, useRef, useState } from "react";
import { useNotifications } from "../../../app/notifications";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { formatBytes } from "../../../components/time";
import type { EditorTable } from "./completion";
import type { QueryTab } from "./query-tabs";
import { Results } from "./Results";
import { SaveQueryModal } from "./SaveQueryModal";
import { SqlEditor } from "./SqlEditor";
import { Statistics } from "./Statistics";
import { faultOf, useRun } from "./use-run";

interface Props {
  tab: QueryTab;
  database: string;
  workgroup: string;
  tables: EditorTable[];
  change: (part: Partial<QueryTab>) => void;
  /** Runs as soon as the panel is shown. */
  autoRun: boolean;
  onAutoRun: () => void;
}

/** One query: its text, how it goes, and what came of it. */
export function QueryPanel({ tab, database, workgroup, tables, change, autoRun, onAutoRun }: Props) {
  const selection = useRef(() => "");
  const { running, execution, error, run, stop } = useRun(tab.executionId, (executionId) => change({ executionId }));
  const { notify } = useNotifications();
  const [saving, setSaving] = useState(false);
  const fault = useMemo(() => faultOf(execution), [execution]);
  const state = execution?.Status?.State;

  const start = () => {
    const text = selection.current().trim() || tab.sql.trim();
    if (text) void run(text, database, workgroup);
  };
  useEffect(() => {
    if (!autoRun) return;
    onAutoRun();
    void run(tab.sql, database, workgroup);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [autoRun]);

  async function format() {
    const { format: formatSql } = await import("sql-formatter");
    try {
      change({ sql: formatSql(tab.sql, { language: "trino", keywordCase: "upper", tabWidth: 2 }) });
    } catch {
      notify({ type: "warning", header: "The query cannot be formatted: it is no complete SQL" });
    }
  }

  return (
    <SpaceBetween size="m">
      <SqlEditor value={tab.sql} onChange={(sql) => change({ sql })} onRun={start} tables={tables} fault={fault} selection={selection} />
      <div className="query-toolbar">
        <Button variant="primary" disabled={!tab.sql.trim()} loading={running} loadingText="Running" onClick={start}>
          {tab.executionId ? "Run again" : "Run"}
        </Button>
        <Button disabled={!running || !tab.executionId} onClick={() => void stop()}>
          Cancel
        </Button>
        <Button disabled={!tab.sql.trim()} onClick={() => setSaving(true)}>
          Save
        </Button>
        <Button disabled={!tab.sql.trim()} onClick={() => void format()}>
          Format
        </Button>
        <Button disabled={!tab.sql} onClick={() => change({ sql: "" })}>
          Clear
        </Button>
        <Box color="text-body-secondary" fontSize="body-s">
          Ctrl+Enter runs the query, or what is selected of it.
        </Box>
      </div>
      <ErrorAlert error={error} header="The query could not be run" />
      {(running || execution) && (
        <Tabs
          ariaLabel="Query results"
          tabs={[
            {
              id: "results",
              label: "Query results",
              content: (
                <SpaceBetween size="m">
                  <StatusLine running={running} execution={execution} />
                  {state === "FAILED" && <ErrorAlert error={new Error(execution?.Status?.StateChangeReason)} header="The query failed" />}
                  {state === "SUCCEEDED" && <Results execution={execution!} />}
                </SpaceBetween>
              ),
            },
            { id: "statistics", label: "Query stats", content: <Statistics execution={execution} /> },
          ]}
        />
      )}
      {saving && <SaveQueryModal sql={tab.sql} database={database} workgroup={workgroup} suggested={tab.title} saved={(title) => change({ title })} onDismiss={() => setSaving(false)} />}
    </SpaceBetween>
  );
}

function StatusLine({ running, execution }: { running: boolean; execution: ReturnType<typeof useRun>["execution"] }) {
  const state = execution?.Status?.State;
  const statistics = execution?.Statistics;
  const seconds = (milliseconds: number | undefined) => (milliseconds === undefined ? "–" : milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(2)} sec`);
  if (running) return <StatusIndicator type="in-progress">{state === "QUEUED" ? "In queue" : "Running"}</StatusIndicator>;
  const type = state === "SUCCEEDED" ? "success" : state === "CANCELLED" ? "stopped" : "error";
  return (
    <SpaceBetween direction="horizontal" size="l">
      <StatusIndicator type={type}>{state === "SUCCEEDED" ? "Completed" : state === "CANCELLED" ? "Cancelled" : "Failed"}</StatusIndicator>
      <span>
        Time in queue: <b>{seconds(statistics?.QueryQueueTimeInMillis)}</b>
      </span>
      <span>
        Run time: <b>{seconds(statistics?.EngineExecutionTimeInMillis)}</b>
      </span>
      <span>
        Data scanned: <b>{formatBytes(statistics?.DataScannedInBytes ?? 0)}</b>
      </span>
    </SpaceBetween>
  );
}
