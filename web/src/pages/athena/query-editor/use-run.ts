import { GetQueryExecutionCommand, StopQueryExecutionCommand, type QueryExecution } from "@aws-sdk/client-athena";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { codeOf } from "../../../aws/errors";
import { follow, isFinished, start } from "../run-statement";
import { useAthena } from "../use-athena";

interface Run {
  /** Starting, or following a query that has not ended. */
  running: boolean;
  execution: QueryExecution | null;
  /** Of starting or following: not that of the query itself. */
  error: unknown;
  run: (sql: string, database: string, workgroup: string) => Promise<void>;
  stop: () => Promise<void>;
}

/** Runs queries for a tab. One that was running when the page was left is followed again. */
export function useRun(executionId: string, setExecutionId: (id: string) => void): Run {
  const client = useAthena();
  const queries = useQueryClient();
  const [execution, setExecution] = useState<QueryExecution | null>(null);
  const [starting, setStarting] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const wanted = useRef(executionId);
  wanted.current = executionId;

  useEffect(() => {
    if (!executionId) return setExecution(null);
    const abort = new AbortController();
    const report = (state: QueryExecution) => wanted.current === executionId && setExecution(state);
    follow(client, executionId, report, abort.signal)
      .then(() => queries.invalidateQueries())
      .catch((failure: unknown) => !abort.signal.aborted && setError(failure));
    return () => abort.abort();
  }, [client, executionId, queries]);

  const run = useCallback(
    async (sql: string, database: string, workgroup: string) => {
      setStarting(true);
      setError(null);
      setExecution(null);
      try {
        setExecutionId(await start(client, { sql, database, workgroup }));
      } catch (failure) {
        setExecutionId("");
        setError(failure);
      } finally {
        setStarting(false);
      }
    },
    [client, setExecutionId],
  );

  const stop = useCallback(async () => {
    try {
      await client.send(new StopQueryExecutionCommand({ QueryExecutionId: executionId }));
      const { QueryExecution: state } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId: executionId }));
      if (state) setExecution(state);
    } catch (failure) {
      if (codeOf(failure) !== "InvalidRequestException") setError(failure);
    }
  }, [client, executionId]);

  const running = starting || (executionId !== "" && error === null && !isFinished(execution ?? undefined));
  return { running, execution, error, run, stop };
}

/** "line 1:8: Column 'x' cannot be resolved" tells where. */
export function faultOf(execution: QueryExecution | null): { line: number; column: number } | null {
  if (execution?.Status?.State !== "FAILED") return null;
  const match = /line (\d+):(\d+)/.exec(execution.Status.StateChangeReason ?? "");
  return match && { line: Number(match[1]), column: Number(match[2]) };
}
