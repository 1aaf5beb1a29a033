import { GetQueryExecutionCommand, StartQueryExecutionCommand, type AthenaClient, type QueryExecution } from "@aws-sdk/client-athena";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

interface Statement {
  sql: string;
  database?: string;
  workgroup?: string;
  location?: string;
}

export async function start(athena: AthenaClient, { sql, database, workgroup, location }: Statement): Promise<string> {
  const { QueryExecutionId } = await athena.send(
    new StartQueryExecutionCommand({
      QueryString: sql,
      QueryExecutionContext: { Catalog: "AwsDataCatalog", Database: database },
      WorkGroup: workgroup ?? "primary",
      ResultConfiguration: location ? { OutputLocation: location } : undefined,
    }),
  );
  return QueryExecutionId ?? "";
}

export const isFinished = (execution: QueryExecution | undefined) => ["SUCCEEDED", "FAILED", "CANCELLED"].includes(execution?.Status?.State ?? "");

/** Follows a query until it ends; `report` sees each state. */
export async function follow(athena: AthenaClient, id: string, report: (execution: QueryExecution) => void, signal?: AbortSignal): Promise<QueryExecution> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 1.6)) {
    const { QueryExecution: execution = {} } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId: id }), { abortSignal: signal });
    report(execution);
    if (isFinished(execution)) return execution;
    await new Promise((resolve) => setTimeout(resolve, pause));
    signal?.throwIfAborted();
  }
}

/** Runs a statement to its end; an error with Athena's words where it fails. */
export async function runStatement(athena: AthenaClient, statement: Statement): Promise<QueryExecution> {
  const id = await start(athena, statement);
  const execution = await follow(athena, id, () => {});
  if (execution.Status?.State !== "SUCCEEDED") throw new Error(execution.Status?.StateChangeReason ?? "The statement did not succeed.");
  return execution;
}
