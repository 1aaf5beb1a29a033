import SpaceBetween from "@cloudscape-design/components/space-between";
import SplitPanel from "@cloudscape-design/components/split-panel";
import Tabs from "@cloudscape-design/components/tabs";
import { Details } from "../../components/Details";
import { JsonView } from "../../components/JsonView";
import { formatTime } from "../../components/time";
import { type Field, type Moment, type Pivot } from "./timeline";

const MAX_TABS = 20;

function Way({ field, value, pivot }: { field: Field; value: string; pivot: (pivot: Pivot) => void }) {
  if (!value) return <>–</>;
  return (
    <button type="button" className="pivot" title={`Show everything with ${value}`} onClick={() => pivot({ field, value })}>
      {value}
    </button>
  );
}

/** The events behind a mark; every value in them leads on. */
export function EventPanel({ moments, pivot }: { moments: Moment[]; pivot: (pivot: Pivot) => void }) {
  const way = (field: Field, value: string) => <Way field={field} value={value} pivot={pivot} />;
  const content = (moment: Moment) => (
    <SpaceBetween size="l">
      <Details
        items={{
          Event: way("name", moment.name),
          Time: formatTime(moment.time),
          Identity: way("identity", moment.identity),
          "Source address": way("address", moment.address),
          "Access key": way("key", moment.key),
          "Event source": way("source", moment.source),
          Made: moment.fromConsole ? "In the console" : "By a program",
          Outcome: moment.error || "Allowed",
          "User agent": way("agent", moment.agent),
          Resources: (
            <SpaceBetween size="xxs">
              {moment.resources.map((resource) => (
                <div key={resource}>{way("resource", resource)}</div>
              ))}
            </SpaceBetween>
          ),
        }}
      />
      <JsonView value={moment.record} label="Event record" />
    </SpaceBetween>
  );
  const shown = moments.slice(0, MAX_TABS);
  return (
    <SplitPanel header={moments.length === 1 ? moments[0].name : `${moments.length} events`} hidePreferencesButton>
      {moments.length === 1 ? content(moments[0]) : <Tabs ariaLabel="Events" tabs={shown.map((moment) => ({ id: moment.id, label: moment.name, content: content(moment) }))} />}
    </SplitPanel>
  );
}
