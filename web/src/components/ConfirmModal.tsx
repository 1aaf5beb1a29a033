import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState, type ReactNode } from "react";
import { ErrorAlert } from "./ErrorAlert";

interface Props {
  title: string;
  /** "Delete" */
  verb: string;
  children?: ReactNode;
  /** What has to be typed before the button works; without it none is asked for. */
  typed?: string;
  warning?: ReactNode;
  error?: unknown;
  busy?: boolean;
  disabled?: boolean;
  onConfirm: () => void;
  onDismiss: () => void;
}

/** Asks before something that cannot be taken back. */
export function ConfirmModal(props: Props) {
  const [text, setText] = useState("");
  const ready = !props.disabled && (props.typed === undefined || text === props.typed);
  return (
    <Modal
      visible
      header={props.title}
      onDismiss={props.onDismiss}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={props.onDismiss}>
              Cancel
            </Button>
            <Button variant="primary" disabled={!ready} loading={props.busy} onClick={props.onConfirm}>
              {props.verb}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !props.busy) props.onConfirm();
        }}
      >
        <SpaceBetween size="m">
          {props.children}
          {props.warning && <Alert type="warning">{props.warning}</Alert>}
          {props.typed !== undefined && (
            <FormField label={`To confirm, enter ${props.typed}`}>
              <Input value={text} onChange={({ detail }) => setText(detail.value)} placeholder={props.typed} ariaLabel={`To confirm, enter ${props.typed}`} autoFocus />
            </FormField>
          )}
          <ErrorAlert error={props.error} />
        </SpaceBetween>
      </form>
    </Modal>
  );
}
