import { DeleteSecurityGroupCommand, type SecurityGroup } from "@aws-sdk/client-ec2";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { ResourceTable } from "../../../components/ResourceTable";
import { useAction } from "../../../components/use-action";
import { useEc2, useSecurityGroups } from "../use-ec2";
import { COLUMNS, FILTERS } from "./table-config";

export default function SecurityGroupsPage() {
  const navigate = useNavigate();
  const client = useEc2();
  const groups = useSecurityGroups();
  const [selected, setSelected] = useState<SecurityGroup[]>([]);
  const [deleting, setDeleting] = useState(false);
  const { run, busy, error, reset } = useAction();
  const [group] = selected;

  async function remove() {
    const words = { done: `Security group ${group.GroupId} (${group.GroupName}) was deleted`, failed: "The security group was not deleted", quiet: true };
    if (!(await run(words, async () => void (await client.send(new DeleteSecurityGroupCommand({ GroupId: group.GroupId })))))) return;
    setDeleting(false);
    setSelected([]);
  }

  return (
    <>
      <ResourceTable
        id="security-groups"
        title="Security Groups"
        noun="security groups"
        items={groups.data}
        loading={groups.isLoading}
        error={groups.error}
        refresh={() => void groups.refetch()}
        keyOf={(item) => item.GroupId ?? ""}
        columns={COLUMNS}
        filteringProperties={FILTERS}
        selectionType="single"
        selected={selected}
        onSelect={setSelected}
        actions={
          <>
            <ButtonDropdown
              disabled={!group}
              items={[
                { id: "edit-inbound-rules", text: "Edit inbound rules" },
                { id: "edit-outbound-rules", text: "Edit outbound rules" },
                { id: "delete", text: "Delete security groups" },
              ]}
              onItemClick={({ detail }) => (detail.id === "delete" ? setDeleting(true) : navigate(`/ec2/security-groups/${group.GroupId}/${detail.id}`))}
            >
              Actions
            </ButtonDropdown>
            <Button variant="primary" onClick={() => navigate("/ec2/security-groups/create")}>
              Create security group
            </Button>
          </>
        }
      />
      {deleting && (
        <ConfirmModal
          title="Delete security group"
          verb="Delete"
          typed="delete"
          busy={busy}
          error={error}
          onConfirm={remove}
          onDismiss={() => {
            setDeleting(false);
            reset();
          }}
        >
          {group.GroupId} ({group.GroupName}) and its rules are deleted for good.
        </ConfirmModal>
      )}
    </>
  );
}
