import type { TableMetadata } from "@aws-sdk/client-athena";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useState } from "react";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { CATALOG, useDatabases, useTables } from "../use-athena";
import { fieldsOf } from "./column-type";

interface Props {
  database: string;
  setDatabase: (database: string) => void;
  /** Puts a name into the editor. */
  insert: (text: string) => void;
  /** Opens a query in a tab of its own and runs it. */
  preview: (sql: string) => void;
}

/** The left pane: databases, their tables and views, and what columns those have. */
export function DataPane({ database, setDatabase, insert, preview }: Props) {
  const databases = useDatabases();
  const tables = useTables(database);
  const [filter, setFilter] = useState("");
  const matching = tables.data?.filter((table) => table.Name?.includes(filter.trim().toLowerCase())) ?? [];
  const isView = (table: TableMetadata) => table.TableType === "VIRTUAL_VIEW";
  const group = (title: string, items: TableMetadata[]) => (
    <div>
      <Box variant="h4" padding={{ bottom: "xxs" }}>
        {title} ({items.length})
      </Box>
      {items.length === 0 ? <Box color="text-body-secondary">None in this database.</Box> : <ul className="data-tree">{items.map((table) => <TableNode key={table.Name} table={table} insert={insert} preview={preview} />)}</ul>}
    </div>
  );

  return (
    <Container
      header={
        <Header variant="h2" actions={<Button iconName="refresh" ariaLabel="Refresh tables" onClick={() => void Promise.all([databases.refetch(), tables.refetch()])} />}>
          Data
        </Header>
      }
    >
      <SpaceBetween size="m">
        <FormField label="Data source">
          <Select options={[{ value: CATALOG, label: CATALOG }]} selectedOption={{ value: CATALOG, label: CATALOG }} />
        </FormField>
        <FormField label="Database">
          <Select
            statusType={databases.isLoading ? "loading" : databases.error ? "error" : "finished"}
            errorText={databases.error?.message}
            options={databases.data?.map((one) => ({ value: one.Name, label: one.Name })) ?? []}
            selectedOption={{ value: database, label: database }}
            onChange={({ detail }) => setDatabase(detail.selectedOption.value ?? database)}
          />
        </FormField>
        <FormField label="Tables and views">
          <Input type="search" value={filter} onChange={({ detail }) => setFilter(detail.value)} placeholder="Filter tables and views" ariaLabel="Filter tables and views" />
        </FormField>
        <ErrorAlert error={tables.error} header="The tables could not be loaded" />
        {tables.isLoading ? (
          <Spinner />
        ) : (
          <>
            {group("Tables", matching.filter((table) => !isView(table)))}
            {group("Views", matching.filter(isView))}
          </>
        )}
      </SpaceBetween>
    </Container>
  );
}

function TableNode({ table, insert, preview }: { table: TableMetadata } & Pick<Props, "insert" | "preview">) {
  const [open, setOpen] = useState(false);
  const name = table.Name ?? "";
  const columns = [...(table.Columns ?? []), ...(table.PartitionKeys?.map((key) => ({ ...key, isPartition: true })) ?? [])];
  return (
    <li>
      <div className="data-node">
        <button type="button" className="data-toggle" aria-expanded={open} aria-label={`${open ? "Hide" : "Show"} columns of ${name}`} onClick={() => setOpen(!open)}>
          {open ? "−" : "+"}
        </button>
        <button type="button" className="data-name" title={`Put ${name} into the query`} onClick={() => insert(name)}>
          {name}
        </button>
        <ButtonDropdown
          variant="inline-icon"
          ariaLabel={`Actions for ${name}`}
          items={[
            { id: "preview", text: "Preview table" },
            { id: "ddl", text: "Generate table DDL" },
            { id: "insert", text: "Insert into editor" },
          ]}
          onItemClick={({ detail }) => {
            const quoted = `"${name.replaceAll('"', '""')}"`;
            if (detail.id === "preview") preview(`SELECT * FROM ${quoted} LIMIT 10;`);
            else if (detail.id === "ddl") preview(`SHOW CREATE TABLE \`${name}\`;`);
            else insert(name);
          }}
        />
      </div>
      {open && (
        <ul className="data-columns">
          {columns.map((column) => (
            <ColumnNode key={column.Name} path={column.Name ?? ""} name={column.Name ?? ""} type={column.Type ?? ""} partition={"isPartition" in column} insert={insert} />
          ))}
        </ul>
      )}
    </li>
  );
}

interface ColumnProps {
  path: string;
  name: string;
  type: string;
  partition?: boolean;
  insert: (text: string) => void;
}

function ColumnNode({ path, name, type, partition, insert }: ColumnProps) {
  const fields = fieldsOf(type);
  const [open, setOpen] = useState(false);
  const short = fields.length > 0 ? type.slice(0, type.indexOf("<")).toLowerCase() : type;
  return (
    <li>
      <div className="data-node">
        {fields.length > 0 ? (
          <button type="button" className="data-toggle" aria-expanded={open} aria-label={`${open ? "Hide" : "Show"} fields of ${path}`} onClick={() => setOpen(!open)}>
            {open ? "−" : "+"}
          </button>
        ) : (
          <span className="data-toggle" />
        )}
        <button type="button" className="data-name" title={`Put ${path} into the query`} onClick={() => insert(path)}>
          {name}
        </button>
        <span className="data-type" title={type}>
          {short}
          {partition && " (partitioned)"}
        </span>
      </div>
      {open && (
        <ul className="data-columns">
          {fields.map((field) => (
            <ColumnNode key={field.name} path={`${path}.${field.name}`} name={field.name} type={field.type} insert={insert} />
          ))}
        </ul>
      )}
    </li>
  );
}
