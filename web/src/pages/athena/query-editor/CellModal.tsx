import Modal from "@cloudscape-design/components/modal";
import { JsonView } from "../../../components/JsonView";

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** All of a value that is too long for its column. */
export function CellModal({ name, text, onDismiss }: { name: string; text: string; onDismiss: () => void }) {
  return (
    <Modal visible size="large" header={name} onDismiss={onDismiss}>
      <JsonView value={pretty(text)} label={name} />
    </Modal>
  );
}
