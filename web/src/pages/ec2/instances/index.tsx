import type { Instance } from "@aws-sdk/client-ec2";
import Button from "@cloudscape-design/components/button";
import SplitPanel from "@cloudscape-design/components/split-panel";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import { useSplitPanel } from "../../../app/split-panel";
import { ResourceTable } from "../../../components/ResourceTable";
import { InstanceStateMenu } from "../InstanceStateMenu";
import { InstanceTabs } from "../InstanceTabs";
import { tagOf, useInstances } from "../use-ec2";
import { COLUMNS } from "./table-config";

export default function InstancesPage() {
  const navigate = useNavigate();
  const instances = useInstances();
  const [selected, setSelected] = useState<Instance[]>([]);
  // What is shown of the selected one is as new as the table.
  const chosen = selected.length > 1 ? undefined : instances.data?.find((instance) => instance.InstanceId === selected[0]?.InstanceId);
  const name = tagOf(chosen, "Name");

  useSplitPanel(
    chosen ? (
      <SplitPanel header={`Instance: ${chosen.InstanceId}${name && ` (${name})`}`} hidePreferencesButton>
        <InstanceTabs instance={chosen} />
      </SplitPanel>
    ) : null,
  );

  return (
    <ResourceTable
      id="instances"
      title="Instances"
      noun="instances"
      items={instances.data}
      loading={instances.isLoading}
      error={instances.error}
      refresh={() => void instances.refetch()}
      keyOf={(instance) => instance.InstanceId ?? ""}
      labelOf={(instance) => tagOf(instance, "Name") || (instance.InstanceId ?? "")}
      columns={COLUMNS}
      selectionType="multi"
      selected={selected}
      onSelect={setSelected}
      actions={
        <>
          <InstanceStateMenu instance={chosen} />
          <Button variant="primary" onClick={() => navigate("/ec2/launch")}>
            Launch instances
          </Button>
        </>
      }
      emptyAction={<Button onClick={() => navigate("/ec2/launch")}>Launch instances</Button>}
    />
  );
}
