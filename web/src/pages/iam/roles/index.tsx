import { AppLink } from "../../../components/AppLink";
import { ResourceTable } from "../../../components/ResourceTable";
import { formatTime } from "../../../components/time";
import { readableDocument, useRoles } from "../use-iam";

/** Who may assume a role, in a word: the principals of its trust policy. */
function trusted(document: string | undefined): string {
  try {
    const { Statement } = JSON.parse(readableDocument(document)) as { Statement: { Principal?: Record<string, string | string[]> | string }[] };
    return Statement.flatMap(({ Principal }) => (typeof Principal === "string" ? [Principal] : Object.values(Principal ?? {}).flat())).join(", ");
  } catch {
    return "–";
  }
}

export default function RolesPage() {
  const roles = useRoles();
  return (
    <ResourceTable
      id="roles"
      title="Roles"
      noun="roles"
      description="An IAM role is an identity with permissions that entities that you trust can assume."
      items={roles.data}
      loading={roles.isLoading}
      error={roles.error}
      refresh={() => void roles.refetch()}
      keyOf={(role) => role.RoleName ?? ""}
      columns={[
        { id: "name", header: "Role name", cell: (role) => <AppLink href={`/iam/roles/${role.RoleName}`}>{role.RoleName}</AppLink>, sortingField: "RoleName" },
        { id: "trusted", header: "Trusted entities", cell: (role) => trusted(role.AssumeRolePolicyDocument) },
        { id: "created", header: "Creation time", cell: (role) => formatTime(role.CreateDate), sortingField: "CreateDate" },
      ]}
    />
  );
}
