/** An error as it is told to a person: AWS's code and message, and what to do. */
export interface Explained {
  code: string;
  message: string;
  advice: string;
}

const EXPIRED = new Set(["ExpiredToken", "ExpiredTokenException", "RequestExpired"]);
const UNKNOWN_KEY = new Set(["InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure"]);
const DENIED = new Set(["403", "Forbidden", "AccessDenied", "AccessDeniedException", "UnauthorizedOperation"]);
const THROTTLED = new Set(["Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown"]);

const BODILESS: Record<number, string> = { 403: "AccessDenied", 404: "NotFound" };

export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const coded = error as { Code?: string; code?: string; $metadata?: { httpStatusCode?: number } };
  const code = coded.Code ?? coded.code ?? error.name;
  // An answer to HEAD has no body, and so no code.
  if (code === "Unknown") return BODILESS[coded.$metadata?.httpStatusCode ?? 0] ?? "";
  return code === "Error" ? "" : code;
}

/** The session's credentials are no longer taken. */
export function endsSession(error: unknown): boolean {
  const code = codeOf(error);
  return EXPIRED.has(code) || UNKNOWN_KEY.has(code);
}

export function isDenied(error: unknown): boolean {
  return DENIED.has(codeOf(error));
}

/** The server could not be reached at all. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof TypeError && /fetch|network|load failed/i.test(error.message);
}

const ADVICE: Record<string, string> = {
  DependencyViolation: "Something still uses it: take it away there first.",
  DeleteConflict: "Something is still attached to it: remove that first.",
  DeleteConflictException: "Something is still attached to it: remove that first.",
  BucketNotEmpty: "Empty the bucket first.",
  BucketAlreadyExists: "Choose another name.",
  BucketAlreadyOwnedByYou: "Choose another name, or use the bucket that you have.",
  EntityAlreadyExists: "Choose another name.",
  EntityAlreadyExistsException: "Choose another name.",
  TrailAlreadyExistsException: "Choose another name.",
  AlreadyExistsException: "Choose another name.",
  "InvalidKeyPair.Duplicate": "Choose another name.",
  "InvalidGroup.Duplicate": "Choose another name.",
  "InvalidPermission.Duplicate": "The group has this rule already.",
  InsufficientInstanceCapacity: "The machine that this runs on cannot host another instance; the message says why.",
};

/** What went wrong and what to do, in sentences. */
export function sentences({ code, message, advice }: Explained, withCode: boolean): string {
  const whole = advice === "" || /[.!?]$/.test(message) ? message : `${message}.`;
  return `${withCode && code ? `${code}: ` : ""}${whole} ${advice}`.trim();
}

export function explain(error: unknown): Explained {
  const code = codeOf(error);
  const said = error instanceof Error ? error.message : String(error);
  const unsaid = isDenied(error) ? "Access Denied." : "There is no such object.";
  const message = said === "UnknownError" && (code === "NotFound" || isDenied(error)) ? unsaid : said;
  if (isUnreachable(error)) {
    return { code: "", message: "The server cannot be reached.", advice: "See whether opentrail serve is running. Nothing that you entered is lost: try again." };
  }
  if (endsSession(error)) return { code, message, advice: "Your session has ended. Sign in again." };
  if (isDenied(error)) return { code, message, advice: "Ask whoever manages this account's policies to allow this action." };
  if (THROTTLED.has(code)) return { code, message, advice: "Too many requests at once: wait a moment and try again." };
  return { code, message, advice: ADVICE[code] ?? "" };
}
