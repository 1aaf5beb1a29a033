import { AppLink } from "../../../components/AppLink";
import { ResourceTable } from "../../../components/ResourceTable";
import { formatTime } from "../../../components/time";
import { useAliases } from "../use-kms";

export default function AliasesPage() {
  const aliases = useAliases();
  return (
    <ResourceTable
      id="aliases"
      title="Aliases"
      noun="aliases"
      items={aliases.data}
      loading={aliases.isLoading}
      error={aliases.error}
      refresh={() => void aliases.refetch()}
      keyOf={(alias) => alias.AliasName ?? ""}
      columns={[
        { id: "name", header: "Alias name", cell: (alias) => alias.AliasName, sortingField: "AliasName" },
        { id: "key", header: "Key ID", cell: (alias) => (alias.TargetKeyId ? <AppLink href={`/kms/keys/${alias.TargetKeyId}`}>{alias.TargetKeyId}</AppLink> : "–") },
        { id: "created", header: "Creation date", cell: (alias) => formatTime(alias.CreationDate), sortingField: "CreationDate" },
      ]}
    />
  );
}
