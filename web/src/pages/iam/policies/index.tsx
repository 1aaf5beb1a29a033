import type { Policy } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import { AppLink } from "../../../components/AppLink";
import { ResourceTable } from "../../../components/ResourceTable";
import { DeletePolicyModal } from "../DeletePolicyModal";
import { usePolicies } from "../use-iam";

export const isAwsManaged = (arn: string | undefined) => arn?.startsWith("arn:aws:iam::aws:") ?? false;

export default function PoliciesPage() {
  const navigate = useNavigate();
  const policies = usePolicies();
  const [selected, setSelected] = useState<Policy[]>([]);
  const [deleting, setDeleting] = useState(false);
  const [policy] = selected;
  return (
    <>
      <ResourceTable
        id="policies"
        title="Policies"
        noun="policies"
        description="A policy is an object in AWS that defines permissions."
        items={policies.data}
        loading={policies.isLoading}
        error={policies.error}
        refresh={() => void policies.refetch()}
        keyOf={(one) => one.Arn ?? ""}
        labelOf={(one) => one.PolicyName ?? ""}
        selectionType="single"
        selected={selected}
        onSelect={setSelected}
        columns={[
          {
            id: "name", header: "Policy name", sortingField: "PolicyName",
            cell: (one) => <AppLink href={`/iam/policies/${encodeURIComponent(one.PolicyName ?? "")}?arn=${encodeURIComponent(one.Arn ?? "")}`}>{one.PolicyName}</AppLink>,
          },
          { id: "type", header: "Type", cell: (one) => (isAwsManaged(one.Arn) ? "AWS managed" : "Customer managed"), sortingComparator: (a, b) => Number(isAwsManaged(a.Arn)) - Number(isAwsManaged(b.Arn)) },
          { id: "used", header: "Used as", cell: (one) => (one.AttachmentCount ? `Permissions policy (${one.AttachmentCount})` : "None"), sortingField: "AttachmentCount" },
          { id: "description", header: "Description", cell: (one) => one.Description ?? "–" },
        ]}
        actions={
          <>
            <Button disabled={!policy || isAwsManaged(policy.Arn)} onClick={() => setDeleting(true)}>
              Delete
            </Button>
            <Button variant="primary" onClick={() => navigate("/iam/policies/create")}>
              Create policy
            </Button>
          </>
        }
      />
      {deleting && (
        <DeletePolicyModal
          name={policy.PolicyName ?? ""}
          arn={policy.Arn ?? ""}
          onDismiss={() => setDeleting(false)}
          deleted={() => {
            setSelected([]);
            setDeleting(false);
          }}
        />
      )}
    </>
  );
}
