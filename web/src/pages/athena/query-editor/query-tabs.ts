import { useCallback, useEffect, useState } from "react";

/** One of the editor's numbered tabs. */
export interface QueryTab {
  id: string;
  number: number;
  title: string;
  sql: string;
  /** The last query that ran in it; "" before the first. */
  executionId: string;
}

export interface EditorState {
  tabs: QueryTab[];
  active: string;
  database: string;
  workgroup: string;
}

const KEY = "opentrail.query-editor";

function newTab(number: number, sql = "", title = `Query ${number}`): QueryTab {
  return { id: `tab-${number}-${Date.now()}`, number, title, sql, executionId: "" };
}

export function initialState(): EditorState {
  const tab = newTab(1);
  return { tabs: [tab], active: tab.id, database: "default", workgroup: "primary" };
}

export function restore(text: string | null): EditorState {
  try {
    const stored = JSON.parse(text ?? "null") as EditorState | null;
    if (!stored?.tabs?.length || !stored.tabs.some((tab) => tab.id === stored.active)) return initialState();
    return { ...initialState(), ...stored };
  } catch {
    return initialState();
  }
}

export function addTab(state: EditorState, sql = "", title?: string): EditorState {
  const number = Math.max(0, ...state.tabs.map((tab) => tab.number)) + 1;
  const tab = newTab(number, sql, title);
  return { ...state, tabs: [...state.tabs, tab], active: tab.id };
}

export function closeTab(state: EditorState, id: string): EditorState {
  const at = state.tabs.findIndex((tab) => tab.id === id);
  const tabs = state.tabs.filter((tab) => tab.id !== id);
  if (tabs.length === 0) return { ...state, ...addTab({ ...state, tabs: [] }) };
  const active = state.active === id ? tabs[Math.max(0, at - 1)].id : state.active;
  return { ...state, tabs, active };
}

export function changeTab(state: EditorState, id: string, part: Partial<QueryTab>): EditorState {
  return { ...state, tabs: state.tabs.map((tab) => (tab.id === id ? { ...tab, ...part } : tab)) };
}

/** The editor's tabs, kept in the browser through reloads and sign-ins; each user has its own. */
export function useEditorState(owner: string) {
  const key = `${KEY}.${owner}`;
  const [state, setState] = useState(() => restore(localStorage.getItem(key)));
  useEffect(() => localStorage.setItem(key, JSON.stringify(state)), [key, state]);
  const change = useCallback((id: string, part: Partial<QueryTab>) => setState((before) => changeTab(before, id, part)), []);
  return { state, setState, change };
}
