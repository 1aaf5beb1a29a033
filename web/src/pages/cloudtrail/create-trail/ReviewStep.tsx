import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Details } from "../../../components/Details";
import { aliasName, splitLocation, type TrailForm } from "./create-trail";

const activity = (read: boolean, write: boolean) => [read && "Read", write && "Write"].filter(Boolean).join(", ");

export function ReviewStep({ form, edit }: { form: TrailForm; edit: (step: number) => void }) {
  const { bucket, prefix } = splitLocation(form);
  const key = form.keyKind === "new" ? `${aliasName(form.alias)} (new)` : form.existingKey;
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2" actions={<Button onClick={() => edit(0)}>Edit</Button>}>Step 1: Choose trail attributes</Header>}>
        <Details
          items={{
            "Trail name": form.name,
            "Trail log location": `${[bucket, prefix].filter(Boolean).join("/")}${form.storage === "new" ? " (new bucket)" : ""}`,
            "Multi-region trail": "Yes",
            "Log file SSE-KMS encryption": form.encrypted ? "Enabled" : "Not enabled",
            "AWS KMS key": form.encrypted ? key : "",
            "Log file validation": form.validation ? "Enabled" : "Disabled",
          }}
        />
      </Container>
      <Container header={<Header variant="h2" actions={<Button onClick={() => edit(1)}>Edit</Button>}>Step 2: Choose log events</Header>}>
        <Details
          items={{
            "Management events": form.management ? activity(form.read, form.write) : "Not logged",
            "Exclude AWS KMS events": form.excludeKms ? "Yes" : "No",
            "Data events": form.data ? `S3: ${activity(form.dataRead, form.dataWrite)}` : "Not logged",
          }}
        />
      </Container>
    </SpaceBetween>
  );
}
