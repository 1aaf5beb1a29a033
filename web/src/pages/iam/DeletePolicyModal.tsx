import {
  DeletePolicyCommand, DeletePolicyVersionCommand, DetachGroupPolicyCommand, DetachRolePolicyCommand, DetachUserPolicyCommand, ListEntitiesForPolicyCommand, ListPolicyVersionsCommand,
} from "@aws-sdk/client-iam";
import Spinner from "@cloudscape-design/components/spinner";
import { useAws } from "../../aws/query";
import { ConfirmModal } from "../../components/ConfirmModal";
import { ErrorAlert } from "../../components/ErrorAlert";
import { useAction } from "../../components/use-action";
import { useIam } from "./use-iam";

export function DeletePolicyModal({ name, arn, deleted, onDismiss }: { name: string; arn: string; deleted: () => void; onDismiss: () => void }) {
  const client = useIam();
  const PolicyArn = arn;
  const uses = useAws(["iam", "policy-uses", arn], () => client.send(new ListEntitiesForPolicyCommand({ PolicyArn })));
  const { run, busy, error } = useAction();
  const users = uses.data?.PolicyUsers ?? [];
  const groups = uses.data?.PolicyGroups ?? [];
  const roles = uses.data?.PolicyRoles ?? [];
  const names = [...users.map((one) => `user ${one.UserName}`), ...groups.map((one) => `group ${one.GroupName}`), ...roles.map((one) => `role ${one.RoleName}`)];

  async function remove() {
    const good = await run({ done: `Policy ${name} was deleted`, failed: "", quiet: true }, async () => {
      for (const { UserName } of users) await client.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
      for (const { GroupName } of groups) await client.send(new DetachGroupPolicyCommand({ GroupName, PolicyArn }));
      for (const { RoleName } of roles) await client.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
      const { Versions = [] } = await client.send(new ListPolicyVersionsCommand({ PolicyArn }));
      for (const { VersionId, IsDefaultVersion } of Versions) {
        if (!IsDefaultVersion) await client.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
      }
      await client.send(new DeletePolicyCommand({ PolicyArn }));
    });
    if (good) deleted();
  }

  return (
    <ConfirmModal
      title={`Delete ${name}?`}
      verb="Delete"
      typed={name}
      busy={busy}
      error={error}
      disabled={!uses.data}
      warning={names.length > 0 ? `It is taken away from ${names.join(", ")}.` : undefined}
      onConfirm={remove}
      onDismiss={onDismiss}
    >
      {uses.isLoading ? <Spinner /> : "The policy and all its versions are deleted for good."}
      <ErrorAlert error={uses.error} header="Where the policy is attached could not be seen" />
    </ConfirmModal>
  );
}
