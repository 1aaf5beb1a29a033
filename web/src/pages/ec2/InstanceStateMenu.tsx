import { RebootInstancesCommand, StartInstancesCommand, StopInstancesCommand, TerminateInstancesCommand, type Instance } from "@aws-sdk/client-ec2";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { useState } from "react";
import { ConfirmModal } from "../../components/ConfirmModal";
import { useAction } from "../../components/use-action";
import { tagOf, useEc2 } from "./use-ec2";

type Change = "start" | "stop" | "reboot" | "terminate";

const WORDS: Record<Change, { verb: string; done: string }> = {
  start: { verb: "Start", done: "Successfully initiated starting of" },
  stop: { verb: "Stop", done: "Successfully initiated stopping of" },
  reboot: { verb: "Reboot", done: "Successfully initiated rebooting of" },
  terminate: { verb: "Terminate (delete)", done: "Successfully initiated termination (deletion) of" },
};

export function InstanceStateMenu({ instance }: { instance: Instance | undefined }) {
  const client = useEc2();
  const [asking, setAsking] = useState<Change | null>(null);
  const { run, busy, error, reset } = useAction();
  const id = instance?.InstanceId ?? "";
  const state = instance?.State?.Name;

  async function apply(change: Change) {
    const input = { InstanceIds: [id] };
    const send: Record<Change, () => Promise<unknown>> = {
      start: () => client.send(new StartInstancesCommand(input)),
      stop: () => client.send(new StopInstancesCommand(input)),
      reboot: () => client.send(new RebootInstancesCommand(input)),
      terminate: () => client.send(new TerminateInstancesCommand(input)),
    };
    const words = { done: `${WORDS[change].done} ${id}`, failed: `The instance did not ${change}`, quiet: change !== "start" };
    if (await run(words, async () => void (await send[change]()))) setAsking(null);
  }

  return (
    <>
      <ButtonDropdown
        disabled={!instance}
        items={[
          { id: "stop", text: "Stop instance", disabled: state !== "running" },
          { id: "start", text: "Start instance", disabled: state !== "stopped" },
          { id: "reboot", text: "Reboot instance", disabled: state !== "running" },
          { id: "terminate", text: "Terminate (delete) instance", disabled: state === "terminated" },
        ]}
        onItemClick={({ detail }) => {
          reset();
          if (detail.id === "start") void apply("start");
          else setAsking(detail.id as Change);
        }}
      >
        Instance state
      </ButtonDropdown>
      {asking && (
        <ConfirmModal
          title={`${WORDS[asking].verb} instance?`}
          verb={WORDS[asking].verb}
          busy={busy}
          error={error}
          warning={asking === "terminate" ? "What is on the instance is lost." : undefined}
          onConfirm={() => void apply(asking)}
          onDismiss={() => setAsking(null)}
        >
          {id} {tagOf(instance, "Name") && `(${tagOf(instance, "Name")})`}
        </ConfirmModal>
      )}
    </>
  );
}
