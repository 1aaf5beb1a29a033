// Runs one statement through the AWS SDK for JavaScript, pages through its rows and prints what came back as JSON.
import { AthenaClient, GetQueryExecutionCommand, GetQueryResultsCommand, StartQueryExecutionCommand } from "@aws-sdk/client-athena";

const [query, outputLocation] = process.argv.slice(2);
const athena = new AthenaClient({ endpoint: process.env.AWS_ENDPOINT_URL, region: process.env.AWS_DEFAULT_REGION });
const { QueryExecutionId } = await athena.send(
  new StartQueryExecutionCommand({ QueryString: query, ResultConfiguration: { OutputLocation: outputLocation } }));
let execution;
do {
  ({ QueryExecution: execution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId })));
} while (execution.Status.State === "QUEUED" || execution.Status.State === "RUNNING");
const rows = [];
let NextToken;
do {
  const page = await athena.send(new GetQueryResultsCommand({ QueryExecutionId, MaxResults: 2, NextToken }));
  rows.push(...page.ResultSet.Rows.map((row) => row.Data.map((datum) => datum.VarCharValue ?? null)));
  NextToken = page.NextToken;
} while (NextToken);
let refusal;
try {
  await athena.send(new StartQueryExecutionCommand({ QueryString: "SELEC 1", ResultConfiguration: { OutputLocation: outputLocation } }));
} catch (error) {
  refusal = { name: error.name, code: error.AthenaErrorCode };
}
console.log(JSON.stringify({ state: execution.Status.State, submitted: execution.Status.SubmissionDateTime instanceof Date, rows, refusal }));
