import { createContext, useContext } from "react";
import type { Session } from "./sign-in";

export interface SessionState {
  session: Session;
  region: string;
  setRegion(region: string): void;
  /** Ends the session on the server and shows the sign-in page. */
  leave(): void;
  /** The credentials are no longer taken: shows the sign-in page, which leads back to where one was. */
  expire(): void;
}

export const SessionContext = createContext<SessionState | null>(null);

export function useSession(): SessionState {
  const state = useContext(SessionContext);
  if (!state) throw new Error("no session around this component");
  return state;
}
