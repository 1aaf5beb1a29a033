import { DeleteGroupCommand, DeleteGroupPolicyCommand, DetachGroupPolicyCommand, RemoveUserFromGroupCommand } from "@aws-sdk/client-iam";
import Spinner from "@cloudscape-design/components/spinner";
import { ConfirmModal } from "../../components/ConfirmModal";
import { counted } from "../../components/count";
import { ErrorAlert } from "../../components/ErrorAlert";
import { useAction } from "../../components/use-action";
import { useGroup, useGroupPolicies, useIam } from "./use-iam";

export function DeleteGroupModal({ name, deleted, onDismiss }: { name: string; deleted: () => void; onDismiss: () => void }) {
  const client = useIam();
  const policies = useGroupPolicies(name);
  const members = useGroup(name);
  const { run, busy, error } = useAction();
  const users = members.data?.users ?? [];

  async function remove() {
    const good = await run({ done: `Group ${name} was deleted`, failed: "", quiet: true }, async () => {
      for (const { UserName } of users) await client.send(new RemoveUserFromGroupCommand({ GroupName: name, UserName }));
      for (const { PolicyArn } of policies.data?.attached ?? []) await client.send(new DetachGroupPolicyCommand({ GroupName: name, PolicyArn }));
      for (const PolicyName of policies.data?.inline ?? []) await client.send(new DeleteGroupPolicyCommand({ GroupName: name, PolicyName }));
      await client.send(new DeleteGroupCommand({ GroupName: name }));
    });
    if (good) deleted();
  }

  const count = (policies.data?.attached.length ?? 0) + (policies.data?.inline.length ?? 0);
  return (
    <ConfirmModal title={`Delete ${name}?`} verb="Delete" typed={name} busy={busy} error={error} disabled={!members.data || !policies.data} onConfirm={remove} onDismiss={onDismiss}>
      {members.isLoading ? <Spinner /> : `The group has ${counted(users.length, "user")} and ${counted(count, "policy", "policies")}. The users stay; what the policies allow them, they lose.`}
      <ErrorAlert error={members.error ?? policies.error} header="What belongs to the group could not be seen" />
    </ConfirmModal>
  );
}
