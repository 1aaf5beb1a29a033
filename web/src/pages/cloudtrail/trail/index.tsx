import { DeleteTrailCommand, StartLoggingCommand, StopLoggingCommand, UpdateTrailCommand } from "@aws-sdk/client-cloudtrail";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useState } from "react";
import { useNavigate, useParams } from "react-router-dom";
import { AppLink } from "../../../components/AppLink";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { Copyable, Details } from "../../../components/Details";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { formatTime } from "../../../components/time";
import { useAction } from "../../../components/use-action";
import { Logging } from "../trails/table-config";
import { useCloudTrail, useSelectors, useTrails } from "../use-cloudtrail";
import { Selectors } from "./Selectors";

export default function TrailPage() {
  const { name = "" } = useParams();
  const navigate = useNavigate();
  const client = useCloudTrail();
  const trails = useTrails([name]);
  const trail = trails.data?.[0];
  const selectors = useSelectors(trail?.TrailARN);
  const [asking, setAsking] = useState<"stop" | "delete" | null>(null);
  const { run, busy, error, reset } = useAction();
  const input = { Name: trail?.TrailARN };

  async function change(what: "start" | "stop" | "delete" | "validation") {
    const on = !trail?.LogFileValidationEnabled;
    const work = {
      start: { done: `Trail ${name} is logging`, send: () => client.send(new StartLoggingCommand(input)) },
      stop: { done: `Trail ${name} has stopped logging`, send: () => client.send(new StopLoggingCommand(input)) },
      delete: { done: `Trail ${name} was deleted; its log files stay in the bucket`, send: () => client.send(new DeleteTrailCommand(input)) },
      validation: { done: `Log file validation is ${on ? "enabled" : "disabled"}`, send: () => client.send(new UpdateTrailCommand({ ...input, EnableLogFileValidation: on })) },
    }[what];
    const good = await run({ done: work.done, failed: "The trail was not changed", quiet: asking !== null }, async () => void (await work.send()));
    if (!good) return;
    setAsking(null);
    if (what === "delete") navigate("/cloudtrail/trails");
  }
  const dismiss = () => {
    setAsking(null);
    reset();
  };

  if (trails.isLoading) return <Spinner size="large" />;
  if (!trail) return <ErrorAlert error={trails.error ?? new Error(`There is no trail ${name} in this region.`)} header="The trail could not be loaded" />;
  const logs = `${trail.S3KeyPrefix ? `${trail.S3KeyPrefix}/` : ""}AWSLogs/`;
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => setAsking("delete")}>Delete</Button>
            {trail.isLogging ? (
              <Button onClick={() => setAsking("stop")}>Stop logging</Button>
            ) : (
              <Button variant="primary" loading={busy} onClick={() => void change("start")}>
                Start logging
              </Button>
            )}
          </SpaceBetween>
        }
      >
        {trail.Name}
      </Header>
      <Container
        header={
          <Header variant="h2" actions={<Button loading={busy} onClick={() => void change("validation")}>{`${trail.LogFileValidationEnabled ? "Disable" : "Enable"} log file validation`}</Button>}>
            General details
          </Header>
        }
      >
        <Details
          items={{
            "Trail logging": <Logging trail={trail} />,
            "Trail ARN": <Copyable value={trail.TrailARN} />,
            "Multi-region trail": trail.IsMultiRegionTrail ? "Yes" : "No",
            "Trail log location": <AppLink href={`/s3/buckets/${trail.S3BucketName}?prefix=${encodeURIComponent(logs)}`}>{`${trail.S3BucketName}/${logs}`}</AppLink>,
            "Last log file delivered": formatTime(trail.latestDelivery),
            "Last digest delivered": formatTime(trail.latestDigest),
            "Log file SSE-KMS encryption": trail.KmsKeyId ? "Enabled" : "Not enabled",
            "AWS KMS key": trail.KmsKeyId && <AppLink href={`/kms/keys/${trail.KmsKeyId.split("/").at(-1)}`}>{trail.KmsKeyId}</AppLink>,
            "Log file validation": trail.LogFileValidationEnabled ? "Enabled" : "Disabled",
            "Started logging": formatTime(trail.started),
            "Stopped logging": formatTime(trail.stopped),
            "SNS notification delivery": "Disabled",
          }}
        />
      </Container>
      <ErrorAlert error={selectors.error} header="The event selectors could not be loaded" />
      {selectors.data && <Selectors selectors={selectors.data} />}
      {asking === "stop" && (
        <ConfirmModal title={`Stop logging for ${name}?`} verb="Stop logging" busy={busy} error={error} onConfirm={() => void change("stop")} onDismiss={dismiss} warning="What happens in the account meanwhile is in no log file of this trail.">
          <Box variant="p">Event history goes on.</Box>
        </ConfirmModal>
      )}
      {asking === "delete" && (
        <ConfirmModal title={`Delete trail ${name}?`} verb="Delete" typed={name} busy={busy} error={error} onConfirm={() => void change("delete")} onDismiss={dismiss}>
          <Box variant="p">The log files that were delivered stay in the bucket {trail.S3BucketName}.</Box>
        </ConfirmModal>
      )}
    </SpaceBetween>
  );
}
