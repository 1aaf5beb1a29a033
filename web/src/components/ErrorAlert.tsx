import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { explain, sentences } from "../aws/errors";

/** AWS's code and message, and what to do; nothing where there is no error. */
export function ErrorAlert({ error, header, retry }: { error: unknown; header?: string; retry?: () => void }) {
  if (!error) return null;
  const explained = explain(error);
  return (
    <Alert type="error" header={header ?? (explained.code || "Something went wrong")} action={retry && <Button onClick={retry}>Try again</Button>}>
      {sentences(explained, header !== undefined)}
    </Alert>
  );
}
