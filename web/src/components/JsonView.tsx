import { useMemo } from "react";
import "./json-view.css";

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON with its kinds of tokens told apart by colour. All of it is text: nothing in it can become markup. */
export function JsonView({ value, label }: { value: unknown; label: string }) {
  const parts = useMemo(() => {
    const text = typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");
    const out: (string | JSX.Element)[] = [];
    let at = 0;
    for (const match of text.matchAll(TOKEN)) {
      if (match.index > at) out.push(text.slice(at, match.index));
      const kind = match[2] ? "key" : match[1] ? "string" : match[3] ? "word" : "number";
      out.push(
        <span key={match.index} className={`json-${kind}`}>
          {match[2] ? match[1] : match[0]}
        </span>,
      );
      if (match[2]) out.push(match[2]);
      at = match.index + match[0].length;
    }
    out.push(text.slice(at));
    return out;
  }, [value]);
  return (
    <pre className="pre mono" tabIndex={0} role="region" aria-label={label}>
      {parts}
    </pre>
  );
}
