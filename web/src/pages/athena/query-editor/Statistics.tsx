import type { QueryExecution } from "@aws-sdk/client-athena";
import { Copyable, Details } from "../../../components/Details";
import { formatBytes, formatTime } from "../../../components/time";

const milliseconds = (value: number | undefined) => (value === undefined ? undefined : `${value.toLocaleString("en")} ms`);

export function Statistics({ execution }: { execution: QueryExecution | null }) {
  const statistics = execution?.Statistics;
  return (
    <Details
      items={{
        "Execution ID": <Copyable value={execution?.QueryExecutionId} />,
        State: execution?.Status?.State,
        "Engine version": execution?.EngineVersion?.EffectiveEngineVersion,
        Submitted: formatTime(execution?.Status?.SubmissionDateTime),
        Completed: formatTime(execution?.Status?.CompletionDateTime),
        "Total time": milliseconds(statistics?.TotalExecutionTimeInMillis),
        "Time in queue": milliseconds(statistics?.QueryQueueTimeInMillis),
        "Planning time": milliseconds(statistics?.QueryPlanningTimeInMillis),
        "Engine execution time": milliseconds(statistics?.EngineExecutionTimeInMillis),
        "Data scanned": formatBytes(statistics?.DataScannedInBytes),
        "Result location": <Copyable value={execution?.ResultConfiguration?.OutputLocation} />,
      }}
    />
  );
}
