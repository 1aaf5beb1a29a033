import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";

export function Unreachable({ retry }: { retry: () => void }) {
  return (
    <main className="centered">
      <Alert type="warning" header="The server cannot be reached" action={<Button onClick={retry}>Try again</Button>}>
        See whether <code>opentrail serve</code> is running. You are still signed in.
      </Alert>
    </main>
  );
}
