import type { Policy } from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { ErrorAlert } from "../../components/ErrorAlert";
import { ResourceTable } from "../../components/ResourceTable";
import { usePolicies } from "./use-iam";

interface Props {
  /** ARNs that are attached already. */
  present: string[];
  busy: boolean;
  error: unknown;
  onAttach: (arns: string[]) => void;
  onDismiss: () => void;
}

export function AttachPolicyModal({ present, busy, error, onAttach, onDismiss }: Props) {
  const policies = usePolicies();
  const [selected, setSelected] = useState<Policy[]>([]);
  return (
    <Modal
      visible
      size="large"
      header="Add permissions"
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDismiss}>
              Cancel
            </Button>
            <Button variant="primary" disabled={selected.length === 0} loading={busy} onClick={() => onAttach(selected.map((policy) => policy.Arn ?? ""))}>
              Add permissions
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <ErrorAlert error={error} header="The policy was not attached" />
        <ResourceTable<Policy>
          id="attach-policy"
          variant="embedded"
          title="Permissions policies"
          noun="policies"
          items={policies.data?.filter((policy) => !present.includes(policy.Arn ?? ""))}
          loading={policies.isLoading}
          error={policies.error}
          keyOf={(policy) => policy.Arn ?? ""}
          labelOf={(policy) => policy.PolicyName ?? ""}
          selectionType="multi"
          selected={selected}
          onSelect={setSelected}
          columns={[
            { id: "name", header: "Policy name", cell: (policy) => policy.PolicyName, sortingField: "PolicyName" },
            { id: "type", header: "Type", cell: (policy) => (policy.Arn?.includes(":aws:policy") ? "AWS managed" : "Customer managed") },
          ]}
        />
      </SpaceBetween>
    </Modal>
  );
}
