import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useMemo, useState } from "react";
import { useSession } from "../../../session/SessionContext";
import { useTables, useWorkgroup, useWorkgroups } from "../use-athena";
import type { EditorTable } from "./completion";
import { DataPane } from "./DataPane";
import "./editor.css";
import { RecentQueries, SavedQueries } from "./QueryLists";
import { QueryPanel } from "./QueryPanel";
import { addTab, closeTab, useEditorState } from "./query-tabs";
import { Settings } from "./Settings";

/** What the editor completes. */
function useEditorTables(database: string): EditorTable[] {
  const { data } = useTables(database);
  return useMemo(
    () =>
      (data ?? []).map(({ Name: name = "", Columns = [], PartitionKeys = [] }) => ({
        name,
        columns: [...Columns, ...PartitionKeys].map((column) => ({ name: column.Name ?? "", type: column.Type ?? "" })),
      })),
    [data],
  );
}

export default function QueryEditorPage() {
  const { session } = useSession();
  const { state, setState, change } = useEditorState(session.arn);
  const [view, setView] = useState("editor");
  const [autoRun, setAutoRun] = useState("");
  const tables = useEditorTables(state.database);
  const workgroups = useWorkgroups();
  const workgroup = useWorkgroup(state.workgroup);
  const tab = state.tabs.find((one) => one.id === state.active) ?? state.tabs[0];
  const hasLocation = Boolean(workgroup.data?.Configuration?.ResultConfiguration?.OutputLocation);

  const open = (sql: string, title?: string) => {
    setState((before) => addTab(before, sql, title));
    setView("editor");
  };
  const preview = (sql: string) =>
    setState((before) => {
      const next = addTab(before, sql);
      setAutoRun(next.active);
      return next;
    });
  const insert = (text: string) => change(tab.id, { sql: tab.sql && !/\s$/.test(tab.sql) ? `${tab.sql} ${text}` : `${tab.sql}${text}` });

  const editor = (
    <SpaceBetween size="m">
      {workgroup.data && !hasLocation && (
        <Alert type="info" action={<Button onClick={() => setView("settings")}>Edit settings</Button>}>
          Before you run your first query, you need to set up a query result location in Amazon S3.
        </Alert>
      )}
      <div className="query-editor">
        <DataPane database={state.database} setDatabase={(database) => setState((before) => ({ ...before, database }))} insert={insert} preview={preview} />
        <Tabs
          ariaLabel="Queries"
          variant="container"
          activeTabId={tab.id}
          onChange={({ detail }) => setState((before) => ({ ...before, active: detail.activeTabId }))}
          actions={<Button iconName="add-plus" variant="icon" ariaLabel="New query" onClick={() => setState((before) => addTab(before))} />}
          tabs={state.tabs.map((one) => ({
            id: one.id,
            label: one.title,
            dismissible: true,
            dismissLabel: `Close ${one.title}`,
            onDismiss: () => setState((before) => closeTab(before, one.id)),
            content: one.id === tab.id && (
              <QueryPanel
                key={one.id}
                tab={one}
                database={state.database}
                workgroup={state.workgroup}
                tables={tables}
                change={(part) => change(one.id, part)}
                autoRun={autoRun === one.id}
                onAutoRun={() => setAutoRun("")}
              />
            ),
          }))}
        />
      </div>
    </SpaceBetween>
  );

  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs" alignItems="center">
            <span id="workgroup-label">Workgroup</span>
            <Select
              ariaLabel="Workgroup"
              options={workgroups.data?.map(({ Name, State }) => ({ value: Name, label: Name, disabled: State === "DISABLED" })) ?? []}
              selectedOption={{ value: state.workgroup, label: state.workgroup }}
              onChange={({ detail }) => setState((before) => ({ ...before, workgroup: detail.selectedOption.value ?? before.workgroup }))}
            />
          </SpaceBetween>
        }
      >
        Query editor
      </Header>
      <Tabs
        ariaLabel="Query editor"
        activeTabId={view}
        onChange={({ detail }) => setView(detail.activeTabId)}
        tabs={[
          { id: "editor", label: "Editor", content: view === "editor" && editor },
          { id: "recent", label: "Recent queries", content: view === "recent" && <RecentQueries workgroup={state.workgroup} open={open} /> },
          { id: "saved", label: "Saved queries", content: view === "saved" && <SavedQueries workgroup={state.workgroup} open={open} /> },
          { id: "settings", label: "Settings", content: view === "settings" && <Settings workgroup={state.workgroup} /> },
        ]}
      />
    </SpaceBetween>
  );
}
