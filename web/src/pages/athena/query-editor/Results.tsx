import { GetQueryResultsCommand, type QueryExecution, type Row } from "@aws-sdk/client-athena";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { useCollection } from "@cloudscape-design/collection-hooks";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useClient } from "../../../aws/clients";
import { counted } from "../../../components/count";
import { download } from "../../../components/download";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { useAction } from "../../../components/use-action";
import { CellModal } from "./CellModal";
import { useAthena } from "../use-athena";

const PAGE_SIZE = 100;

interface Line {
  number: number;
  cells: (string | null)[];
}

const isSelect = (execution: QueryExecution) => execution.StatementType === "DML";

function cellsOf(row: Row): (string | null)[] {
  return row.Data?.map((datum) => datum.VarCharValue ?? null) ?? [];
}

function useResults(execution: QueryExecution) {
  const client = useAthena();
  const query = useInfiniteQuery({
    queryKey: ["athena", "results", execution.QueryExecutionId],
    queryFn: ({ pageParam }) => client.send(new GetQueryResultsCommand({ QueryExecutionId: execution.QueryExecutionId, NextToken: pageParam, MaxResults: 1000 })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.NextToken,
    staleTime: Infinity,
  });
  const columns = query.data?.pages[0]?.ResultSet?.ResultSetMetadata?.ColumnInfo ?? [];
  const rows = query.data?.pages.flatMap((page) => page.ResultSet?.Rows ?? []) ?? [];
  // The first row of a SELECT's results is its header.
  const lines: Line[] = rows.slice(isSelect(execution) ? 1 : 0).map((row, index) => ({ number: index + 1, cells: cellsOf(row) }));
  return { query, columns, lines };
}

/** What a query gave: searched, paged, and to download as the file that lies in S3. */
export function Results({ execution }: { execution: QueryExecution }) {
  const { query, columns, lines } = useResults(execution);
  const s3 = useClient(S3Client);
  const { run, busy } = useAction();
  const [cell, setCell] = useState<{ name: string; text: string } | null>(null);
  const { items, collectionProps, filterProps, paginationProps, filteredItemsCount } = useCollection(lines, {
    filtering: {
      filteringFunction: (line, text) => line.cells.some((value) => value?.toLowerCase().includes(text.toLowerCase())),
      empty: <Box textAlign="center">Query successful. It gave no rows.</Box>,
      noMatch: <Box textAlign="center">No rows match.</Box>,
    },
    pagination: { pageSize: PAGE_SIZE },
    sorting: {},
  });

  async function save() {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/.exec(execution.ResultConfiguration?.OutputLocation ?? "") ?? [];
    await run({ done: "The results are in your downloads", failed: "The results could not be downloaded" }, async () => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      download(key.split("/").at(-1) ?? "results.csv", (await Body!.transformToByteArray()) as BlobPart, "text/csv");
    });
  }

  if (query.error) return <ErrorAlert error={query.error} header="The results could not be loaded" retry={() => void query.refetch()} />;
  return (
    <>
      <Table<Line>
        {...collectionProps}
        items={items}
        trackBy={(line) => String(line.number)}
        variant="embedded"
        stickyHeader
        resizableColumns
        loading={query.isLoading}
        loadingText="Loading results"
        ariaLabels={{ tableLabel: "Results" }}
        header={
          <Header
            variant="h3"
            counter={`(${lines.length}${query.hasNextPage ? "+" : ""})`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                {query.hasNextPage && (
                  <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    Load more rows
                  </Button>
                )}
                <Button onClick={() => void navigator.clipboard.writeText(toTabs(columns.map((column) => column.Name ?? ""), lines))}>Copy</Button>
                <Button iconName="download" loading={busy} onClick={() => void save()}>
                  Download results CSV
                </Button>
              </SpaceBetween>
            }
          >
            Results
          </Header>
        }
        filter={<TextFilter {...filterProps} filteringPlaceholder="Search rows" filteringAriaLabel="Search rows" countText={counted(filteredItemsCount ?? 0, "match", "matches")} />}
        pagination={<Pagination {...paginationProps} />}
        columnDefinitions={[
          { id: "#", header: "#", cell: (line) => line.number, width: 70 },
          ...columns.map((column, index) => ({
            id: `${index}-${column.Name}`,
            header: <span title={column.Type}>{column.Name}</span>,
            minWidth: 80,
            width: widthOf(column.Name ?? "", lines, index),
            sortingComparator: (a: Line, b: Line) => compare(a.cells[index], b.cells[index]),
            cell: (line: Line) => <Cell text={line.cells[index]} show={(text) => setCell({ name: column.Name ?? "", text })} />,
          })),
        ]}
      />
      {cell && <CellModal {...cell} onDismiss={() => setCell(null)} />}
    </>
  );
}

const SHORT = 60;
const MEASURED = 100; // rows
const LETTER = 8.2; // pixels, with a little room
const FRAME = 56; // a cell's padding and the arrow that sorts

/** Pixels that a column needs for its name and what its first rows hold, within reason. */
function widthOf(name: string, lines: Line[], index: number): number {
  const longest = lines.slice(0, MEASURED).reduce((most, line) => Math.max(most, Math.min(SHORT + 1, line.cells[index]?.length ?? 0)), name.length);
  return Math.max(100, Math.min(480, FRAME + longest * LETTER));
}


function Cell({ text, show }: { text: string | null | undefined; show: (text: string) => void }) {
  if (text === null || text === undefined) return <span role="img" aria-label="null" />;
  if (text.length <= SHORT) return <>{text}</>;
  return (
    <button type="button" className="data-name" title="Show all of it" onClick={() => show(text)}>
      {text.slice(0, SHORT)}…
    </button>
  );
}

/** Numbers by their value, anything else by its text; nulls last. */
export function compare(a: string | null | undefined, b: string | null | undefined): number {
  if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1;
  if (b === null || b === undefined) return -1;
  const [x, y] = [Number(a), Number(b)];
  return a !== "" && b !== "" && !Number.isNaN(x) && !Number.isNaN(y) ? x - y : a < b ? -1 : a > b ? 1 : 0;
}

function toTabs(header: string[], lines: Line[]): string {
  return [header, ...lines.map((line) => line.cells.map((value) => value ?? ""))].map((row) => row.join("\t")).join("\n");
}
