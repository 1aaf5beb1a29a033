import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { AppLink } from "../../../components/AppLink";
import type { Column } from "../../../components/ResourceTable";
import type { TrailState } from "../use-cloudtrail";

export function Logging({ trail }: { trail: TrailState }) {
  if (trail.latestDeliveryError) return <StatusIndicator type="error">{`Delivery fails: ${trail.latestDeliveryError}`}</StatusIndicator>;
  return <StatusIndicator type={trail.isLogging ? "success" : "stopped"}>{trail.isLogging ? "Logging" : "Off"}</StatusIndicator>;
}

export const TRAIL_COLUMNS: Column<TrailState>[] = [
  { id: "name", header: "Name", cell: (trail) => <AppLink href={`/cloudtrail/trails/${trail.Name}`}>{trail.Name}</AppLink>, sortingField: "Name" },
  { id: "region", header: "Home region", cell: (trail) => trail.HomeRegion, sortingField: "HomeRegion" },
  { id: "multi", header: "Multi-region trail", cell: (trail) => (trail.IsMultiRegionTrail ? "Yes" : "No") },
  { id: "bucket", header: "S3 bucket", cell: (trail) => <AppLink href={`/s3/buckets/${trail.S3BucketName}`}>{trail.S3BucketName}</AppLink>, sortingField: "S3BucketName" },
  { id: "prefix", header: "Log file prefix", cell: (trail) => trail.S3KeyPrefix ?? "–" },
  { id: "validation", header: "Log file validation", cell: (trail) => (trail.LogFileValidationEnabled ? "Enabled" : "Disabled"), hidden: true },
  { id: "status", header: "Status", cell: (trail) => <Logging trail={trail} /> },
];
