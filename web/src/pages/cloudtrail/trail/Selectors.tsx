import type { GetEventSelectorsCommandOutput } from "@aws-sdk/client-cloudtrail";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Details } from "../../../components/Details";
import { JsonView } from "../../../components/JsonView";

const ACTIVITY: Record<string, string> = { All: "All", ReadOnly: "Read", WriteOnly: "Write" };

/** Which events a trail takes. */
export function Selectors({ selectors }: { selectors: GetEventSelectorsCommandOutput }) {
  const management = selectors.EventSelectors?.find((selector) => selector.IncludeManagementEvents);
  const data = selectors.EventSelectors?.flatMap((selector) => selector.DataResources ?? []) ?? [];
  const excluded = management?.ExcludeManagementEventSources ?? [];
  if (selectors.AdvancedEventSelectors?.length) {
    return (
      <Container header={<Header variant="h2">Advanced event selectors</Header>}>
        <JsonView value={selectors.AdvancedEventSelectors} label="Advanced event selectors" />
      </Container>
    );
  }
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Management events</Header>}>
        <Details
          items={{
            "API activity": management ? ACTIVITY[management.ReadWriteType ?? "All"] : "Not logged",
            "Exclude AWS KMS events": excluded.includes("kms.amazonaws.com") ? "Yes" : "No",
            "Exclude Amazon RDS Data API events": excluded.includes("rdsdata.amazonaws.com") ? "Yes" : "No",
          }}
        />
      </Container>
      <Container header={<Header variant="h2">Data events</Header>}>
        {data.length === 0 ? "Data events are not logged by this trail." : <Details items={Object.fromEntries(data.map((one) => [one.Type ?? "", one.Values?.join(", ")]))} />}
      </Container>
    </SpaceBetween>
  );
}
