import { CreateVirtualMFADeviceCommand, DeleteVirtualMFADeviceCommand, EnableMFADeviceCommand } from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { useNotifications } from "../../app/notifications";
import { ConfirmModal } from "../../components/ConfirmModal";
import { Copyable } from "../../components/Details";
import { useAction } from "../../components/use-action";
import { useIam } from "./use-iam";

/** A virtual MFA device: its secret goes to an authenticator, two codes in a row prove that it is there. */
export function AddMfaModal({ user, onDismiss }: { user: string; onDismiss: () => void }) {
  const client = useIam();
  const [name, setName] = useState(user);
  const [device, setDevice] = useState<{ serial: string; secret: string } | null>(null);
  const [codes, setCodes] = useState(["", ""]);
  const { run, busy, error } = useAction();
  const { fail } = useNotifications();

  const make = () =>
    run({ done: `MFA device ${name} was made; it is not assigned yet`, failed: "", quiet: true }, async () => {
      const { VirtualMFADevice: made } = await client.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: name }));
      setDevice({ serial: made?.SerialNumber ?? "", secret: new TextDecoder().decode(made?.Base32StringSeed) });
    });
  async function enable() {
    const input = { UserName: user, SerialNumber: device?.serial, AuthenticationCode1: codes[0], AuthenticationCode2: codes[1] };
    if (await run({ done: `MFA is on for ${user}`, failed: "", quiet: true }, async () => void (await client.send(new EnableMFADeviceCommand(input))))) onDismiss();
  }
  // A device that nobody has is of no use, and its name would be taken.
  function dismiss() {
    if (device) client.send(new DeleteVirtualMFADeviceCommand({ SerialNumber: device.serial })).catch((failure: unknown) => fail(`MFA device ${name} is still there`, failure));
    onDismiss();
  }
  const setCode = (index: number, code: string) => setCodes((before) => before.map((one, at) => (at === index ? code.trim() : one)));

  return (
    <ConfirmModal
      title="Assign MFA device"
      verb={device ? "Add MFA" : "Next"}
      busy={busy}
      error={error}
      disabled={device ? codes.some((code) => !/^\d{6}$/.test(code)) : !name}
      onConfirm={() => void (device ? enable() : make())}
      onDismiss={dismiss}
    >
      {!device && (
        <FormField label="MFA device name">
          <Input value={name} onChange={({ detail }) => setName(detail.value)} autoFocus />
        </FormField>
      )}
      {device && (
        <>
          <Box variant="p">Enter this secret key in your authenticator app as a time-based code of six digits:</Box>
          <div className="mono">
            <Copyable value={device.secret} />
          </div>
          <Button variant="inline-link" href={`otpauth://totp/opentrail:${encodeURIComponent(user)}?secret=${device.secret}&issuer=opentrail`}>
            Open in an authenticator on this machine
          </Button>
          {["MFA code 1", "MFA code 2"].map((label, index) => (
            <FormField key={label} label={label}>
              <Input value={codes[index]} onChange={({ detail }) => setCode(index, detail.value)} inputMode="numeric" autoComplete="off" />
            </FormField>
          ))}
        </>
      )}
    </ConfirmModal>
  );
}
