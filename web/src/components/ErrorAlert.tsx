import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { explain } from "../aws/errors";

/** AWS's code and message, and what to do; nothing where there is no error. */
export function ErrorAlert({ error, header, retry }: { error: unknown; header?: string; retry?: () => void }) {
  if (!error) return null;
  const { code, message, advice } = explain(error);
  return (
    <Alert type="error" header={header ?? (code || "Something went wrong")} action={retry && <Button onClick={retry}>Try again</Button>}>
      {header && code ? `${code}: ` : ""}
      {message} {advice}
    </Alert>
  );
}
