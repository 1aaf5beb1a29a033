import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Wizard from "@cloudscape-design/components/wizard";
import { useRef, useState } from "react";
import { useNavigate } from "react-router-dom";
import { useClient } from "../../../aws/clients";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { useAction } from "../../../components/use-action";
import { useKept } from "../../../components/use-kept";
import { useSession } from "../../../session/SessionContext";
import { useCloudTrail } from "../use-cloudtrail";
import { AttributesStep } from "./AttributesStep";
import { createTrail, defaultForm, validateAttributes, validateEvents, type TrailForm } from "./create-trail";
import { EventsStep } from "./EventsStep";
import { ReviewStep } from "./ReviewStep";

export default function CreateTrailPage() {
  const navigate = useNavigate();
  const { session, region } = useSession();
  const clients = { cloudtrail: useCloudTrail(), s3: useClient(S3Client), kms: useClient(KMSClient) };
  const [form, set] = useKept<TrailForm>(() => defaultForm(session.accountId, crypto.randomUUID().slice(0, 8)));
  const [step, setStep] = useState(0);
  const [tried, setTried] = useState(false);
  const [telling, setTelling] = useState("");
  const done = useRef(new Map<string, string>());
  const { run, busy, error } = useAction();
  const errors = tried ? { ...validateAttributes(form), ...(step > 0 && validateEvents(form)) } : {};

  function go(to: number) {
    const found = { ...(to > 0 && validateAttributes(form)), ...(to > 1 && validateEvents(form)) };
    const stop = Object.keys(found).length > 0;
    setTried(stop);
    if (!stop) setStep(to);
  }

  async function submit() {
    const words = { done: `Trail ${form.name} was created and is logging`, failed: "The trail was not created", quiet: true };
    const where = { accountId: session.accountId, region };
    const good = await run(words, () => createTrail(form, clients, where, done.current, setTelling));
    setTelling("");
    if (good) navigate("/cloudtrail/trails");
  }

  return (
    <Wizard
      activeStepIndex={step}
      onNavigate={({ detail }) => go(detail.requestedStepIndex)}
      onSubmit={() => void submit()}
      onCancel={() => navigate("/cloudtrail/trails")}
      isLoadingNextStep={busy}
      i18nStrings={{
        stepNumberLabel: (number) => `Step ${number}`,
        collapsedStepsLabel: (number, count) => `Step ${number} of ${count}`,
        navigationAriaLabel: "Steps",
        cancelButton: "Cancel",
        previousButton: "Previous",
        nextButton: "Next",
        submitButton: "Create trail",
        optional: "optional",
      }}
      steps={[
        { title: "Choose trail attributes", content: <AttributesStep form={form} set={set} errors={errors} /> },
        { title: "Choose log events", content: <EventsStep form={form} set={set} errors={errors} /> },
        {
          title: "Review and create",
          content: (
            <SpaceBetween size="l">
              <ErrorAlert error={error} header="The trail was not created" />
              {telling && <StatusIndicator type="in-progress">{telling}</StatusIndicator>}
              <ReviewStep form={form} edit={go} />
            </SpaceBetween>
          ),
        },
      ]}
    />
  );
}
