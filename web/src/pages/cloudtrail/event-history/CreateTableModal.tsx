import { AthenaClient } from "@aws-sdk/client-athena";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useClient } from "../../../aws/clients";
import { useAws } from "../../../aws/query";
import { AppLink } from "../../../components/AppLink";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { useAction } from "../../../components/use-action";
import { useSession } from "../../../session/SessionContext";
import { ensureResultLocation } from "../../athena/result-location";
import { runStatement } from "../../athena/run-statement";
import { useTrails } from "../use-cloudtrail";
import { tableDdl, tableNameOf } from "./table-ddl";

export function CreateTableModal({ onDismiss }: { onDismiss: () => void }) {
  const { session, region } = useSession();
  const s3 = useClient(S3Client);
  const athena = useClient(AthenaClient);
  const trails = useTrails();
  const buckets = useAws(["s3", "buckets"], async () => (await s3.send(new ListBucketsCommand({}))).Buckets ?? []);
  const [chosen, setChosen] = useState("");
  const [made, setMade] = useState("");
  const { run, busy, error } = useAction();

  const trailOf = (name: string) => trails.data?.find((trail) => trail.S3BucketName === name);
  const options = (buckets.data ?? [])
    .map(({ Name = "" }) => ({ value: Name, label: Name, description: trailOf(Name) ? `Logs of trail ${trailOf(Name)?.Name}` : undefined }))
    .sort((a, b) => Number(Boolean(b.description)) - Number(Boolean(a.description)));
  const bucket = chosen;
  const ddl = bucket && tableDdl(bucket, trailOf(bucket)?.S3KeyPrefix ?? "", session.accountId);

  async function create() {
    const words = { done: `Athena table ${tableNameOf(bucket)} was created`, failed: "The table was not created", quiet: true };
    const good = await run(words, async () => {
      const location = await ensureResultLocation(athena, s3, session.accountId, region);
      await runStatement(athena, { sql: ddl, database: "default", location });
    });
    if (good) setMade(tableNameOf(bucket));
  }

  return (
    <Modal
      visible
      size="large"
      header="Create a table in Amazon Athena"
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDismiss}>
              {made ? "Close" : "Cancel"}
            </Button>
            {!made && (
              <Button variant="primary" disabled={!bucket} loading={busy} onClick={create}>
                Create table
              </Button>
            )}
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box variant="p">Athena runs SQL over the log files that a trail delivers to a bucket. The files stay where they are: the table only says how they are read.</Box>
        <FormField label="Storage location" description="Choose the bucket where CloudTrail stores its log files.">
          <Select
            placeholder="Choose a bucket"
            filteringType="auto"
            statusType={buckets.isLoading ? "loading" : buckets.error ? "error" : "finished"}
            errorText={buckets.error?.message}
            empty="There are no buckets. Create a trail first."
            options={options}
            selectedOption={options.find((option) => option.value === bucket) ?? null}
            onChange={({ detail }) => setChosen(detail.selectedOption.value ?? "")}
          />
        </FormField>
        {ddl && (
          <FormField label="Athena table" stretch>
            <pre className="pre mono" tabIndex={0} aria-label="CREATE TABLE statement">
              {ddl}
            </pre>
          </FormField>
        )}
        <ErrorAlert error={error} header="The table was not created" />
        {made && (
          <Alert type="success" header={`Table ${made} was created`}>
            Go on in the <AppLink href="/athena/query-editor">query editor of Athena</AppLink>.
          </Alert>
        )}
      </SpaceBetween>
    </Modal>
  );
}
