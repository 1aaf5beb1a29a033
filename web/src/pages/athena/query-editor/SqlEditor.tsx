import { autocompletion, closeBrackets, closeBracketsKeymap, closeCompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { sql } from "@codemirror/lang-sql";
import { bracketMatching, defaultHighlightStyle, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { Annotation, Compartment, EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers, placeholder, type DecorationSet } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import { useTheme } from "../../../app/theme";
import { columnSource, functionSource, schemaOf, type EditorTable } from "./completion";
import { ATHENA } from "./dialect";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

const DARK = HighlightStyle.define([
  { tag: tags.keyword, color: "#7cc7ff" },
  { tag: [tags.string, tags.special(tags.string)], color: "#7ee0a8" },
  { tag: tags.number, color: "#f2a6d8" },
  { tag: tags.comment, color: "#9aa5b4", fontStyle: "italic" },
  { tag: [tags.typeName, tags.standard(tags.name)], color: "#e8c97a" },
]);

const LOOK = EditorView.theme({
  "&": { fontSize: "14px", height: "100%" },
  ".cm-scroller": { fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace", lineHeight: "1.55" },
  ".cm-gutters": { background: "transparent", border: "none", color: "#7d8998" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, currentColor 4%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent" },
  ".cm-placeholder": { color: "color-mix(in srgb, currentColor 70%, transparent)" },
  ".cm-fault": { textDecoration: "underline wavy #d91515", textUnderlineOffset: "3px" },
});

/** Where a query failed: lines and columns from 1. */
export interface Fault {
  line: number;
  column: number;
}

const fromOutside = Annotation.define<boolean>();
const showFault = StateEffect.define<Fault | null>();
const faultField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    let next = transaction.docChanged ? Decoration.none : value;
    for (const effect of transaction.effects) {
      if (effect.is(showFault)) next = effect.value ? underline(transaction.state, effect.value) : Decoration.none;
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function underline(state: EditorState, fault: Fault): DecorationSet {
  if (fault.line < 1 || fault.line > state.doc.lines) return Decoration.none;
  const line = state.doc.line(fault.line);
  const from = Math.min(line.from + Math.max(0, fault.column - 1), line.to);
  const word = state.wordAt(from);
  const to = Math.max(word?.to ?? from + 1, from + 1);
  if (to > state.doc.length) return Decoration.none;
  return Decoration.set(Decoration.mark({ class: "cm-fault" }).range(from, to));
}

// Where text is typed over a selection, Chromium carries its colours over in style attributes, which the page's security
// policy refuses. The editor puts the text in by itself.
const typeOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    const text = event.data;
    if (event.inputType !== "insertText" || !text || empty || view.composing || view.state.readOnly) return false;
    const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: "input.type", scrollIntoView: true });
    if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, text, insert))) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});

// What is still being looked up when one leaves, or runs the query, does not come up afterwards.
const closeWhenLeft = EditorView.domEventHandlers({ blur: (_, view) => void closeCompletion(view) });

interface Props {
  value: string;
  onChange: (sql: string) => void;
  onRun: () => void;
  tables: EditorTable[];
  fault: Fault | null;
  /** Hands out how to get at the selected text: what is selected is what runs. */
  selection: React.MutableRefObject<() => string>;
}

function language(tables: EditorTable[]) {
  const columns = [{ autocomplete: columnSource(tables) }]; // one: a source is known by its identity
  return [sql({ dialect: ATHENA, schema: schemaOf(tables), upperCaseKeywords: true }), EditorState.languageData.of(() => columns)];
}

export function SqlEditor(props: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const { dark } = useTheme();
  // What was typed and has not come back as the value yet: it is no change to make here, and more may be typed by then.
  const reported = useRef<string[]>([]);
  const parts = useRef({ language: new Compartment(), colours: new Compartment() });

  useEffect(() => {
    const { language: languagePart, colours } = parts.current;
    const made = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          EditorView.cspNonce.of(nonce),
          lineNumbers(),
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          highlightActiveLine(),
          autocompletion({ icons: false }),
          typeOverSelection,
          closeWhenLeft,
          placeholder("Enter SQL"),
          LOOK,
          faultField,
          languagePart.of(language(latest.current.tables)),
          EditorState.languageData.of(() => [{ autocomplete: functionSource }]),
          colours.of([]),
          Prec.high(keymap.of([{ key: "Mod-Enter", run: (editor) => (closeCompletion(editor), latest.current.onRun(), true) }])),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": "SQL editor" }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((transaction) => transaction.annotation(fromOutside))) return;
            const text = update.state.doc.toString();
            reported.current.push(text);
            latest.current.onChange(text);
          }),
        ],
      }),
    });
    view.current = made;
    latest.current.selection.current = () => {
      const { from, to } = made.state.selection.main;
      return made.state.sliceDoc(from, to);
    };
    return () => made.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    const known = reported.current.lastIndexOf(props.value);
    reported.current.splice(0, known + 1);
    if (!editor || known >= 0 || editor.state.doc.toString() === props.value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: props.value }, annotations: fromOutside.of(true) });
  }, [props.value]);
  useEffect(() => view.current?.dispatch({ effects: showFault.of(props.fault) }), [props.fault]);
  useEffect(() => view.current?.dispatch({ effects: parts.current.language.reconfigure(language(props.tables)) }), [props.tables]);
  useEffect(() => {
    const style = dark ? syntaxHighlighting(DARK) : syntaxHighlighting(defaultHighlightStyle);
    view.current?.dispatch({ effects: parts.current.colours.reconfigure([style, EditorView.darkTheme.of(dark)]) });
  }, [dark]);

  return <div ref={host} className="sql-editor" />;
}
