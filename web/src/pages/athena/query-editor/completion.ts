import { completeFromList, ifNotIn, type Completion, type CompletionContext, type CompletionResult, type CompletionSource } from "@codemirror/autocomplete";
import type { SQLNamespace } from "@codemirror/lang-sql";
import { fieldsOf, type TypeField } from "./column-type";
import { FUNCTIONS } from "./functions";

/** A table or view, as the editor completes it. */
export interface EditorTable {
  name: string;
  columns: TypeField[];
}

const completionOf = ({ name, type }: TypeField): Completion => ({ label: name, type: "property", detail: type.length > 40 ? type.slice(0, type.search(/[<(]/)) : type });

function namespaceOf(fields: TypeField[]): SQLNamespace {
  return Object.fromEntries(fields.map((field) => [field.name, { self: completionOf(field), children: namespaceOf(fieldsOf(field.type)) }]));
}

/** Tables, and behind a table's name or alias and a dot its columns, behind a column's its fields. */
export const schemaOf = (tables: EditorTable[]): SQLNamespace => Object.fromEntries(tables.map((table) => [table.name, namespaceOf(table.columns)]));

/** What may stand at the end of `path` ("useridentity.use") without a table before it, in a text that names these tables. */
export function columnsAt(tables: EditorTable[], text: string, path: string): TypeField[] {
  const words = new Set(text.toLowerCase().match(/\w+/g));
  let fields = tables.filter((table) => words.has(table.name)).flatMap((table) => table.columns);
  for (const step of path.toLowerCase().split(".").slice(0, -1)) {
    fields = fields.filter((field) => field.name.toLowerCase() === step).flatMap((field) => fieldsOf(field.type));
  }
  return [...new Map(fields.map((field) => [field.name, field])).values()];
}

/** The language's own completion knows columns behind their table's name alone. */
export function columnSource(tables: EditorTable[]): CompletionSource {
  const complete = (context: CompletionContext): CompletionResult | null => {
    const path = context.matchBefore(/[\w.]*/)?.text ?? "";
    if (path === "" && !context.explicit) return null;
    const options = columnsAt(tables, context.state.doc.toString(), path).map(completionOf);
    return options.length === 0 ? null : { from: context.pos - (path.length - path.lastIndexOf(".") - 1), options, validFor: /^\w*$/ };
  };
  return ifNotIn(["String", "LineComment", "BlockComment"], complete);
}

export const functionSource: CompletionSource = ifNotIn(
  ["String", "LineComment", "BlockComment", "."],
  completeFromList(FUNCTIONS.map((label) => ({ label, type: "function", apply: `${label}(`, boost: -1 }))),
);
