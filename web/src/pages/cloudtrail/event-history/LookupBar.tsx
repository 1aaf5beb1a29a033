import type { LookupAttributeKey } from "@aws-sdk/client-cloudtrail";
import DateRangePicker, { type DateRangePickerProps } from "@cloudscape-design/components/date-range-picker";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { useEffect, useState } from "react";
import type { Lookup } from "../use-cloudtrail";
import { LOOKUP_ATTRIBUTES } from "./attributes";
import "./lookup-bar.css";

const RANGES: DateRangePickerProps.RelativeOption[] = [
  { key: "30m", type: "relative", amount: 30, unit: "minute" },
  { key: "1h", type: "relative", amount: 1, unit: "hour" },
  { key: "3h", type: "relative", amount: 3, unit: "hour" },
  { key: "12h", type: "relative", amount: 12, unit: "hour" },
  { key: "1d", type: "relative", amount: 1, unit: "day" },
  { key: "90d", type: "relative", amount: 90, unit: "day" },
];

const MILLISECONDS: Record<string, number> = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 };
const PAUSE_MS = 400;
const NONE = { value: "none", label: "No filter" };

function bounds(range: DateRangePickerProps.Value | null): Pick<Lookup, "start" | "end"> {
  if (!range) return {};
  if (range.type === "absolute") return { start: new Date(range.startDate), end: new Date(range.endDate) };
  return { start: new Date(Date.now() - range.amount * (MILLISECONDS[range.unit] ?? 2_592_000_000)) };
}

/** One attribute and its value, and a range of time: what LookupEvents takes. */
export function LookupBar({ lookup, onChange }: { lookup: Lookup; onChange: (lookup: Lookup) => void }) {
  const [key, setKey] = useState<string>(lookup.attribute?.AttributeKey ?? NONE.value);
  const [value, setValue] = useState(lookup.attribute?.AttributeValue ?? "");
  const [range, setRange] = useState<DateRangePickerProps.Value | null>(null);
  const choice = LOOKUP_ATTRIBUTES.find((one) => one.value === key);

  // Typing is waited out: one question for a word, not for each letter.
  useEffect(() => {
    const timer = setTimeout(() => {
      const trimmed = value.trim();
      onChange({ attribute: choice && trimmed ? { AttributeKey: choice.value as LookupAttributeKey, AttributeValue: trimmed } : undefined, ...bounds(range) });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, value, range]);

  const options = [NONE, ...LOOKUP_ATTRIBUTES];
  return (
    <div className="lookup-bar">
      <div className="lookup-attribute">
        <Select
          ariaLabel="Lookup attribute"
          options={options}
          selectedOption={options.find((option) => option.value === key) ?? NONE}
          onChange={({ detail }) => {
            setKey(detail.selectedOption.value ?? NONE.value);
            setValue(detail.selectedOption.value === "ReadOnly" ? "false" : "");
          }}
        />
      </div>
      <div className="lookup-value">
        <Input
          type="search"
          ariaLabel="Lookup value"
          disabled={!choice}
          placeholder={choice?.placeholder ?? "All events are shown"}
          value={value}
          spellcheck={false}
          onChange={({ detail }) => setValue(detail.value)}
        />
      </div>
      <DateRangePicker
        value={range}
        onChange={({ detail }) => setRange(detail.value)}
        relativeOptions={RANGES}
        placeholder="Filter by date and time"
        isValidRange={(chosen) =>
          chosen?.type === "absolute" && chosen.startDate >= chosen.endDate ? { valid: false, errorMessage: "The end must be after the start." } : { valid: true }
        }
        i18nStrings={{
          todayAriaLabel: "Today", nextMonthAriaLabel: "Next month", previousMonthAriaLabel: "Previous month", customRelativeRangeDurationLabel: "Duration",
          customRelativeRangeDurationPlaceholder: "Enter duration", customRelativeRangeOptionLabel: "Custom range", customRelativeRangeOptionDescription: "Set a custom range in the past",
          customRelativeRangeUnitLabel: "Unit of time", relativeModeTitle: "Relative range", absoluteModeTitle: "Absolute range", relativeRangeSelectionHeading: "Choose a range",
          startDateLabel: "Start date", endDateLabel: "End date", startTimeLabel: "Start time", endTimeLabel: "End time", clearButtonLabel: "Clear and dismiss", cancelButtonLabel: "Cancel",
          applyButtonLabel: "Apply", formatRelativeRange: (one) => `Last ${one.amount} ${one.unit}${one.amount === 1 ? "" : "s"}`,
          formatUnit: (unit, amount) => (amount === 1 ? unit : `${unit}s`),
        }}
      />
    </div>
  );
}
