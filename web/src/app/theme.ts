import { applyDensity, applyMode, Density, Mode } from "@cloudscape-design/global-styles";
import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark" | "system";

const KEY = "opentrail.theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

export function storedTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function isDark(theme: Theme): boolean {
  return theme === "dark" || (theme === "system" && system.matches);
}

export function applyStoredTheme() {
  applyMode(isDark(storedTheme()) ? Mode.Dark : Mode.Light);
  applyDensity(localStorage.getItem("opentrail.density") === "compact" ? Density.Compact : Density.Comfortable);
}

export function setTheme(theme: Theme) {
  localStorage.setItem(KEY, theme);
  applyStoredTheme();
  listeners.forEach((listener) => listener());
}

system.addEventListener("change", () => {
  applyStoredTheme();
  listeners.forEach((listener) => listener());
});

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTheme(): { theme: Theme; dark: boolean } {
  const theme = useSyncExternalStore(subscribe, storedTheme);
  const dark = useSyncExternalStore(subscribe, () => isDark(storedTheme()));
  return { theme, dark };
}
