import type { KeyMetadata } from "@aws-sdk/client-kms";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

export function KeyState({ state }: { state: KeyMetadata["KeyState"] | undefined }) {
  if (!state) return <>–</>;
  const type = state === "Enabled" ? "success" : state === "PendingDeletion" ? "warning" : "stopped";
  return <StatusIndicator type={type}>{state === "PendingDeletion" ? "Pending deletion" : state}</StatusIndicator>;
}
