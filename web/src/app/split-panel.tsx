import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from "react";

/** What the page shows at the foot of the window. Kept outside of React's state: a page renders its panel anew each time
 * that it renders itself, and the shell around the page must not render with it. */
class PanelStore {
  private panel: ReactNode = null;
  private readonly listeners = new Set<() => void>();
  readonly get = () => this.panel;
  readonly isShown = () => this.panel !== null;
  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };
  set(panel: ReactNode) {
    if (panel === this.panel) return;
    this.panel = panel;
    this.listeners.forEach((listener) => listener());
  }
}

const Context = createContext(new PanelStore());
export const PanelProvider = Context.Provider;

/** For the shell: the store, whether the page has a panel, and the panel itself. */
export function usePanelStore() {
  const store = useMemo(() => new PanelStore(), []);
  const shown = useSyncExternalStore(store.subscribe, store.isShown);
  return { store, shown };
}

export function PanelOutlet({ store }: { store: ReturnType<typeof usePanelStore>["store"] }) {
  return <>{useSyncExternalStore(store.subscribe, store.get)}</>;
}

/** Shows `panel` (a SplitPanel) at the foot of the page for as long as the component lives; null: none. */
export function useSplitPanel(panel: ReactNode) {
  const store = useContext(Context);
  useEffect(() => store.set(panel));
  useEffect(() => () => store.set(null), [store]);
}
