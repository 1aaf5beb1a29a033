import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { useLocation } from "react-router-dom";
import { explain, sentences } from "../aws/errors";

type Note = Pick<FlashbarProps.MessageDefinition, "type" | "header" | "content" | "loading" | "action">;

interface Notifications {
  /** Shows a note, or puts it in the place of the one with that id; gives its id. */
  notify(note: Note, id?: string): string;
  succeed(header: ReactNode, id?: string): string;
  /** An error in AWS's words, with what to do. */
  fail(header: ReactNode, error: unknown, id?: string): string;
}

const Context = createContext<Notifications | null>(null);
const Items = createContext<FlashbarProps.MessageDefinition[]>([]);

export function useNotifications(): Notifications {
  const notifications = useContext(Context);
  if (!notifications) throw new Error("no notifications around this component");
  return notifications;
}

let lastId = 0;
const LINGER_MS = 3000; // a page that is opened along with a note shows it

type Item = FlashbarProps.MessageDefinition & { since: number };

export function NotificationProvider({ children }: { children: ReactNode }) {
  const [items, setItems] = useState<Item[]>([]);
  const { pathname } = useLocation();
  useEffect(() => setItems((all) => all.filter((item) => item.type !== "success" || Date.now() - item.since < LINGER_MS)), [pathname]);
  const notify = useCallback((note: Note, id = `note-${++lastId}`) => {
    const item: Item = {
      since: Date.now(),
      ...note,
      id,
      dismissible: !note.loading,
      dismissLabel: "Dismiss message",
      onDismiss: () => setItems((all) => all.filter((other) => other.id !== id)),
    };
    setItems((all) => [item, ...all.filter((other) => other.id !== id)].slice(0, 5));
    return id;
  }, []);
  const value = useMemo<Notifications>(
    () => ({
      notify,
      succeed: (header, id) => notify({ type: "success", header }, id),
      fail: (header, error, id) => notify({ type: "error", header, content: sentences(explain(error), true) }, id),
    }),
    [notify],
  );
  return (
    <Context.Provider value={value}>
      <Items.Provider value={items}>{children}</Items.Provider>
    </Context.Provider>
  );
}

export function NotificationBar() {
  return <Flashbar items={useContext(Items)} stackItems />;
}
