import { I18nProvider } from "@cloudscape-design/components/i18n";
import messages from "@cloudscape-design/components/i18n/messages/all.en";
import { QueryClientProvider } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { makeQueryClient } from "../aws/query";
import { claimForms, forgetForms } from "../components/use-kept";
import { SessionContext, type SessionState } from "../session/SessionContext";
import { loadSession, signOut, type Session } from "../session/sign-in";
import { SignInPage } from "../pages/sign-in/SignInPage";
import { NotificationProvider } from "./notifications";
import { Shell } from "./Shell";
import { Unreachable } from "./Unreachable";

const REGION_KEY = "opentrail.region";

type Phase = { is: "loading" } | { is: "signed-out"; note?: string } | { is: "unreachable" } | { is: "signed-in"; session: Session };

export function App() {
  const [phase, setPhase] = useState<Phase>({ is: "loading" });
  const [region, setRegionState] = useState(() => localStorage.getItem(REGION_KEY) ?? "us-east-1");

  const load = useCallback(async () => {
    try {
      const session = await loadSession();
      if (session) claimForms(session.arn);
      setPhase(session ? { is: "signed-in", session } : { is: "signed-out" });
    } catch {
      setPhase({ is: "unreachable" });
    }
  }, []);
  useEffect(() => void load(), [load]);

  const session = phase.is === "signed-in" ? phase.session : null;
  useEffect(() => {
    if (!session) return;
    const left = session.expiration.getTime() - Date.now();
    const timer = setTimeout(() => setPhase({ is: "signed-out", note: "Your session has ended." }), Math.max(0, left));
    return () => clearTimeout(timer);
  }, [session]);

  const state = useMemo<SessionState | null>(
    () =>
      session && {
        session,
        region,
        setRegion: (next) => {
          localStorage.setItem(REGION_KEY, next);
          setRegionState(next);
        },
        leave: () => {
          signOut()
            .then(() => {
              forgetForms();
              setPhase({ is: "signed-out", note: "You have signed out." });
            })
            .catch(() => setPhase({ is: "unreachable" }));
        },
        expire: () => setPhase({ is: "signed-out", note: "Your session has ended. Sign in to go on where you were." }),
      },
    [session, region],
  );
  const queries = useMemo(() => state && makeQueryClient(state.expire), [state]);

  return (
    <I18nProvider locale="en" messages={[messages]}>
      {phase.is === "unreachable" && <Unreachable retry={load} />}
      {phase.is === "signed-out" && <SignInPage note={phase.note} signedIn={load} />}
      {state && queries && (
        <SessionContext.Provider value={state}>
          <QueryClientProvider client={queries}>
            <NotificationProvider>
              <Shell />
            </NotificationProvider>
          </QueryClientProvider>
        </SessionContext.Provider>
      )}
    </I18nProvider>
  );
}
