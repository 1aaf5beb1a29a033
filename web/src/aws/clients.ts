import { useMemo } from "react";
import { useSession } from "../session/SessionContext";
import type { Session } from "../session/sign-in";

/** What every client of the SDK is given: this server, and the session's credentials. */
export function clientConfig(session: Session, region: string) {
  return {
    region,
    endpoint: window.location.origin,
    credentials: {
      accessKeyId: session.accessKeyId,
      secretAccessKey: session.secretAccessKey,
      sessionToken: session.sessionToken,
      expiration: session.expiration,
    },
    maxAttempts: 4,
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED" as const,
    responseChecksumValidation: "WHEN_REQUIRED" as const,
  };
}

type ClientConfig = ReturnType<typeof clientConfig>;

/** A client of one service for the session and region in use: useClient(EC2Client). */
export function useClient<C>(Client: new (config: ClientConfig) => C): C {
  const { session, region } = useSession();
  return useMemo(() => new Client(clientConfig(session, region)), [Client, session, region]);
}
