import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import type { ReactNode } from "react";

/** Names and values side by side; what is missing is a dash. */
export function Details({ items, columns = 3 }: { items: Record<string, ReactNode>; columns?: number }) {
  return (
    <KeyValuePairs
      columns={columns}
      minColumnWidth={170}
      items={Object.entries(items).map(([label, value]) => ({ label, value: value === undefined || value === null || value === "" ? "–" : value }))}
    />
  );
}

/** A value with a button that copies it. */
export function Copyable({ value }: { value: string | undefined }) {
  if (!value) return <>–</>;
  return <CopyToClipboard variant="inline" textToCopy={value} textToDisplay={value} copyButtonAriaLabel={`Copy ${value}`} copySuccessText="Copied" copyErrorText="Copying failed" />;
}
