import type { User } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import { AppLink } from "../../../components/AppLink";
import { ResourceTable, type Column } from "../../../components/ResourceTable";
import { formatAge, formatTime } from "../../../components/time";
import { DeleteUserModal } from "../DeleteUserModal";
import { useUsers } from "../use-iam";

const COLUMNS: Column<User>[] = [
  { id: "name", header: "User name", cell: (user) => <AppLink href={`/iam/users/${user.UserName}`}>{user.UserName}</AppLink>, sortingField: "UserName" },
  { id: "path", header: "Path", cell: (user) => user.Path, sortingField: "Path" },
  { id: "signIn", header: "Console last sign-in", cell: (user) => (user.PasswordLastUsed ? formatAge(user.PasswordLastUsed) : "–") },
  { id: "created", header: "Creation time", cell: (user) => formatTime(user.CreateDate), sortingField: "CreateDate" },
  { id: "arn", header: "ARN", cell: (user) => user.Arn, hidden: true },
  { id: "id", header: "User ID", cell: (user) => user.UserId, hidden: true },
];

export default function UsersPage() {
  const navigate = useNavigate();
  const users = useUsers();
  const [selected, setSelected] = useState<User[]>([]);
  const [deleting, setDeleting] = useState("");
  return (
    <>
      <ResourceTable
        id="users"
        title="Users"
        noun="users"
        description="An IAM user is an identity with long-term credentials that is used to interact with AWS in an account."
        items={users.data}
        loading={users.isLoading}
        error={users.error}
        refresh={() => void users.refetch()}
        keyOf={(user) => user.UserName ?? ""}
        columns={COLUMNS}
        selectionType="multi"
        selected={selected}
        onSelect={setSelected}
        actions={
          <>
            <Button disabled={selected.length !== 1} onClick={() => setDeleting(selected[0].UserName ?? "")}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => navigate("/iam/users/create")}>
              Create user
            </Button>
          </>
        }
      />
      {deleting && (
        <DeleteUserModal
          name={deleting}
          deleted={() => {
            setDeleting("");
            setSelected([]);
          }}
          onDismiss={() => setDeleting("")}
        />
      )}
    </>
  );
}
