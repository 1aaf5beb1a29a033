import { exchange, exclusively, forgetTokens, newToken, writeTokens } from "./token";

/** What the server tells of the session: temporary credentials and whose they are. */
export interface Session {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiration: Date;
  accountId: string;
  arn: string;
  type: "Root" | "IAMUser";
  userName: string;
  sourceIp: string;
}

export interface SignInForm {
  root: boolean;
  account: string;
  user: string;
  password: string;
  mfaCode?: string;
  newPassword?: string;
}

export type SignInResult =
  | { step: "signed-in" }
  | { step: "mfa" }
  | { step: "new-password"; message: string }
  | { step: "failed"; message: string };

function post(action: string, body: object, token?: string): Promise<Response> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (token) headers["x-console-token"] = token;
  return fetch(`/_signin/${action}`, { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin" });
}

export async function signIn(form: SignInForm): Promise<SignInResult> {
  const token = newToken();
  const response = await post("sign-in", { ...form, token });
  const answer = (await response.json()) as { step?: string; message?: string };
  if (!response.ok) return { step: "failed", message: answer.message ?? `The server answered ${response.status}.` };
  if (answer.step === "signed-in") writeTokens({ current: token, pending: null });
  return { step: answer.step, message: answer.message ?? "" } as SignInResult;
}

/** The session that this browser has, or null. Throws where the server cannot be reached. */
export async function loadSession(): Promise<Session | null> {
  return exclusively(async () => {
    const response = await exchange((token, next) => post("credentials", { token: next }, token));
    if (!response) return null;
    if (response.status === 403) {
      forgetTokens();
      return null;
    }
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    const answer = (await response.json()) as Omit<Session, "expiration"> & { expiration: string };
    return { ...answer, expiration: new Date(answer.expiration) };
  });
}

export async function signOut(): Promise<void> {
  await exclusively(async () => {
    await exchange((token, next) => post("sign-out", { token: next }, token));
    forgetTokens();
  });
}
