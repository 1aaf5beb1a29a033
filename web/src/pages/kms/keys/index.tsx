import Button from "@cloudscape-design/components/button";
import { useNavigate } from "react-router-dom";
import { AppLink } from "../../../components/AppLink";
import { ResourceTable } from "../../../components/ResourceTable";
import { KeyState } from "../KeyState";
import { aliasesOf, useAliases, useKeys } from "../use-kms";

export default function KeysPage() {
  const navigate = useNavigate();
  const keys = useKeys();
  const aliases = useAliases();
  return (
    <ResourceTable
      id="keys"
      title="Customer managed keys"
      noun="keys"
      items={keys.data}
      loading={keys.isLoading}
      error={keys.error ?? aliases.error}
      refresh={() => void Promise.all([keys.refetch(), aliases.refetch()])}
      keyOf={(key) => key.KeyId ?? ""}
      columns={[
        {
          id: "alias", header: "Aliases",
          cell: (key) => <AppLink href={`/kms/keys/${key.KeyId}`}>{aliasesOf(aliases.data, key.KeyId).join(", ") || "–"}</AppLink>,
        },
        { id: "id", header: "Key ID", cell: (key) => <AppLink href={`/kms/keys/${key.KeyId}`}>{key.KeyId}</AppLink>, sortingField: "KeyId" },
        { id: "state", header: "Status", cell: (key) => <KeyState state={key.KeyState} />, sortingField: "KeyState" },
        { id: "spec", header: "Key spec", cell: (key) => key.KeySpec },
        { id: "usage", header: "Key usage", cell: (key) => key.KeyUsage },
        { id: "description", header: "Description", cell: (key) => key.Description || "–", hidden: true },
      ]}
      actions={
        <Button variant="primary" onClick={() => navigate("/kms/keys/create")}>
          Create key
        </Button>
      }
    />
  );
}
