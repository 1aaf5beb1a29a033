import Box from "@cloudscape-design/components/box";
import { countBy, FIELD_LABELS, type Field, type Moment, type Pivot } from "./timeline";

const SHOWN = 6;
const FIELDS: Field[] = ["address", "key", "resource", "name"];

/** What comes most often in the events that are shown; each value is a way on. */
export function Facts({ moments, pivot }: { moments: Moment[]; pivot: (pivot: Pivot) => void }) {
  return (
    <div className="facts">
      {FIELDS.map((field) => {
        const counts = countBy(moments, field);
        const most = counts[0]?.count ?? 1;
        return (
          <section key={field} aria-label={FIELD_LABELS[field]}>
            <Box variant="h4">
              {FIELD_LABELS[field]} ({counts.length})
            </Box>
            {counts.slice(0, SHOWN).map(({ value, count, denied }) => (
              <button key={value} type="button" className="fact" title={`Show only ${value}`} onClick={() => pivot({ field, value })}>
                <span className="fact-bar" style={{ width: `${(100 * count) / most}%` }} />
                <span className="fact-value">{value}</span>
                <span className="fact-count">
                  {count}
                  {denied > 0 && ` (${denied} denied)`}
                </span>
              </button>
            ))}
          </section>
        );
      })}
    </div>
  );
}
