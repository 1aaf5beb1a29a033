import {
  AthenaClient, BatchGetNamedQueryCommand, BatchGetQueryExecutionCommand, GetWorkGroupCommand, ListNamedQueriesCommand, ListQueryExecutionsCommand,
  paginateListDatabases, paginateListTableMetadata, paginateListWorkGroups, type NamedQuery, type QueryExecution, type TableMetadata,
} from "@aws-sdk/client-athena";
import { useClient } from "../../aws/clients";
import { collect, useAws } from "../../aws/query";

export const CATALOG = "AwsDataCatalog";
const MAX_BATCH = 50;

export const useAthena = () => useClient(AthenaClient);

export function useWorkgroups() {
  const client = useAthena();
  return useAws(["athena", "workgroups"], () => collect(paginateListWorkGroups({ client }, {}), (page) => page.WorkGroups));
}

export function useWorkgroup(name: string) {
  const client = useAthena();
  return useAws(["athena", "workgroup", name], async () => (await client.send(new GetWorkGroupCommand({ WorkGroup: name }))).WorkGroup);
}

export function useDatabases() {
  const client = useAthena();
  return useAws(["athena", "databases"], () => collect(paginateListDatabases({ client }, { CatalogName: CATALOG }), (page) => page.DatabaseList));
}

export function useTables(database: string) {
  const client = useAthena();
  return useAws<TableMetadata[]>(
    ["athena", "tables", database],
    () => collect(paginateListTableMetadata({ client }, { CatalogName: CATALOG, DatabaseName: database }), (page) => page.TableMetadataList),
    { enabled: database !== "" },
  );
}

/** The newest queries of a workgroup. */
export function useRecentQueries(workgroup: string) {
  const client = useAthena();
  return useAws<QueryExecution[]>(["athena", "recent", workgroup], async () => {
    const { QueryExecutionIds: ids = [] } = await client.send(new ListQueryExecutionsCommand({ WorkGroup: workgroup, MaxResults: MAX_BATCH }));
    if (ids.length === 0) return [];
    const { QueryExecutions = [] } = await client.send(new BatchGetQueryExecutionCommand({ QueryExecutionIds: ids }));
    return QueryExecutions;
  });
}

export function useSavedQueries(workgroup: string) {
  const client = useAthena();
  return useAws<NamedQuery[]>(["athena", "saved", workgroup], async () => {
    const { NamedQueryIds: ids = [] } = await client.send(new ListNamedQueriesCommand({ WorkGroup: workgroup, MaxResults: MAX_BATCH }));
    if (ids.length === 0) return [];
    const { NamedQueries = [] } = await client.send(new BatchGetNamedQueryCommand({ NamedQueryIds: ids }));
    return NamedQueries;
  });
}
