import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";
import { ConfirmModal } from "../../components/ConfirmModal";
import { ErrorAlert } from "../../components/ErrorAlert";
import { formatAge } from "../../components/time";
import { useAction } from "../../components/use-action";
import { belongings, deleteUser } from "./delete-user";
import { useIam, useUserThings } from "./use-iam";

export function DeleteUserModal({ name, deleted, onDismiss }: { name: string; deleted: () => void; onDismiss: () => void }) {
  const client = useIam();
  const things = useUserThings(name);
  const { run, busy, error } = useAction();
  const along = things.data ? belongings(things.data) : [];
  const used = things.data?.keys.map((key) => key.lastUsed?.LastUsedDate).filter((date) => date !== undefined) ?? [];
  const lastUse = used.sort((a, b) => b.getTime() - a.getTime())[0];

  async function remove() {
    if (await run({ done: `User ${name} was deleted`, failed: `User ${name} was not deleted`, quiet: true }, () => deleteUser(client, name))) deleted();
  }

  return (
    <ConfirmModal title={`Delete ${name}?`} verb="Delete" typed={name} busy={busy} error={error} onConfirm={remove} onDismiss={onDismiss}>
      <Box variant="p">Delete {name} permanently? This also deletes all user data, security credentials and inline policies.</Box>
      {things.isLoading && <Spinner />}
      <ErrorAlert error={things.error} header="What belongs to the user could not be seen" />
      {along.length > 0 && (
        <div>
          <Box variant="p">These go with it:</Box>
          <ul>
            {along.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
          {lastUse && <Box variant="p">An access key of this user was last used {formatAge(lastUse)}.</Box>}
        </div>
      )}
    </ConfirmModal>
  );
}
