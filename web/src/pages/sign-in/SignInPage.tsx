import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useState, type FormEvent } from "react";
import { signIn, type SignInForm } from "../../session/sign-in";

const REMEMBERED = "opentrail.sign-in";

function remembered(): Pick<SignInForm, "root" | "account" | "user"> {
  try {
    return { root: false, account: "", user: "", ...(JSON.parse(localStorage.getItem(REMEMBERED) ?? "{}") as object) };
  } catch {
    return { root: false, account: "", user: "" };
  }
}

export function SignInPage({ note, signedIn }: { note?: string; signedIn: () => void }) {
  const [form, setForm] = useState<SignInForm>({ ...remembered(), password: "" });
  const [step, setStep] = useState<"password" | "mfa" | "new-password">("password");
  const [repeated, setRepeated] = useState("");
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => void (document.title = "Sign in | opentrail"), []);

  const set = (part: Partial<SignInForm>) => setForm((before) => ({ ...before, ...part }));

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (step === "new-password" && form.newPassword !== repeated) return setError("The two new passwords are not the same.");
    setBusy(true);
    setError("");
    try {
      const result = await signIn(form);
      if (result.step === "signed-in") {
        localStorage.setItem(REMEMBERED, JSON.stringify({ root: form.root, account: form.account, user: form.user }));
        return signedIn();
      }
      if (result.step === "failed") {
        set({ mfaCode: "" });
        return setError(result.message);
      }
      setStep(result.step);
      if (result.step === "new-password") setError(result.message);
    } catch {
      setError("The server cannot be reached. See whether opentrail serve is running.");
    } finally {
      setBusy(false);
    }
  }

  return (
    <main className="centered">
      <div className="sign-in">
        <div className="sign-in-brand">
          <img src="/_console/favicon.svg" alt="" />
          <Box variant="h1" padding="n">
            opentrail
          </Box>
        </div>
        <form onSubmit={submit}>
          <Container header={<Header variant="h2">{step === "mfa" ? "Multi-factor authentication" : step === "new-password" ? "Change your password" : "Sign in"}</Header>}>
            <SpaceBetween size="m">
              {note && !error && <Alert type="info">{note}</Alert>}
              {error && <Alert type="error">{error}</Alert>}
              {step === "password" && <PasswordStep form={form} set={set} />}
              {step === "mfa" && (
                <FormField label="MFA code" description="Enter the six digits that your authenticator shows.">
                  <Input value={form.mfaCode ?? ""} onChange={({ detail }) => set({ mfaCode: detail.value.trim() })} inputMode="numeric" autoComplete="one-time-code" autoFocus />
                </FormField>
              )}
              {step === "new-password" && (
                <>
                  <FormField label="New password">
                    <Input type="password" value={form.newPassword ?? ""} onChange={({ detail }) => set({ newPassword: detail.value })} autoComplete="new-password" autoFocus />
                  </FormField>
                  <FormField label="Retype new password">
                    <Input type="password" value={repeated} onChange={({ detail }) => setRepeated(detail.value)} autoComplete="new-password" />
                  </FormField>
                </>
              )}
              <Button variant="primary" formAction="submit" loading={busy} fullWidth>
                {step === "new-password" ? "Confirm password change" : step === "mfa" ? "Submit" : "Sign in"}
              </Button>
              {step !== "password" && (
                <Button variant="link" formAction="none" onClick={() => setStep("password")}>
                  Cancel
                </Button>
              )}
            </SpaceBetween>
          </Container>
        </form>
      </div>
    </main>
  );
}

function PasswordStep({ form, set }: { form: SignInForm; set: (part: Partial<SignInForm>) => void }) {
  return (
    <SpaceBetween size="m">
      <RadioGroup
        ariaLabel="Kind of user"
        value={form.root ? "root" : "user"}
        onChange={({ detail }) => set({ root: detail.value === "root" })}
        items={[
          { value: "user", label: "IAM user", description: "A user within the account, for daily work." },
          { value: "root", label: "Root user", description: "The owner of the account, who may do everything." },
        ]}
      />
      {!form.root && (
        <SpaceBetween size="m">
          <FormField label="Account ID (12 digits) or account alias">
            <Input value={form.account} onChange={({ detail }) => set({ account: detail.value.trim() })} autoComplete="organization" spellcheck={false} />
          </FormField>
          <FormField label="IAM user name">
            <Input value={form.user} onChange={({ detail }) => set({ user: detail.value })} autoComplete="username" spellcheck={false} />
          </FormField>
        </SpaceBetween>
      )}
      <FormField label="Password" description={form.root ? "The first start of the server wrote it to root-console-password in its data directory." : undefined}>
        <Input type="password" value={form.password} onChange={({ detail }) => set({ password: detail.value })} autoComplete="current-password" />
      </FormField>
    </SpaceBetween>
  );
}
