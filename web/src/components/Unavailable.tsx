import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { ErrorAlert } from "./ErrorAlert";

interface Props {
  title: string;
  /** "user" */
  noun: string;
  error: unknown;
  retry: () => void;
}

/** In the place of a page whose thing could not be loaded: nothing is shown of it, and nothing can be done to it. */
export function Unavailable({ title, noun, error, retry }: Props) {
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{title}</Header>
      <ErrorAlert error={error} header={`The ${noun} could not be loaded`} retry={retry} />
    </SpaceBetween>
  );
}
