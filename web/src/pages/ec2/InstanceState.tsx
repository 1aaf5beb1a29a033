import type { Instance } from "@aws-sdk/client-ec2";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

const TYPES: Record<string, StatusIndicatorProps.Type> = {
  running: "success", pending: "pending", stopping: "in-progress", stopped: "stopped", "shutting-down": "in-progress", terminated: "stopped",
};

export function InstanceState({ instance }: { instance: Instance | undefined }) {
  const name = instance?.State?.Name;
  if (!name) return <>–</>;
  return <StatusIndicator type={TYPES[name] ?? "info"}>{name.charAt(0).toUpperCase() + name.slice(1)}</StatusIndicator>;
}
