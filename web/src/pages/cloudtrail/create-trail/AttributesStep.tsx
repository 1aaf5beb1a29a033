import { KMSClient, paginateListAliases } from "@aws-sdk/client-kms";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useClient } from "../../../aws/clients";
import { collect, useAws } from "../../../aws/query";
import { useSession } from "../../../session/SessionContext";
import { splitLocation, type FormErrors, type TrailForm } from "./create-trail";

export interface StepProps {
  form: TrailForm;
  set: (part: Partial<TrailForm>) => void;
  errors: FormErrors;
}

export function AttributesStep({ form, set, errors }: StepProps) {
  const { session } = useSession();
  const { bucket, prefix } = splitLocation(form);
  return (
    <Container header={<Header variant="h2" description="A trail created in the console is a multi-region trail.">General details</Header>}>
      <SpaceBetween size="l">
        <FormField label="Trail name" description="Enter a display name for your trail." constraintText="3-128 characters. Only letters, numbers, periods, underscores, and dashes are allowed." errorText={errors.name}>
          <Input value={form.name} onChange={({ detail }) => set({ name: detail.value })} spellcheck={false} />
        </FormField>
        <FormField label="Storage location">
          <RadioGroup
            value={form.storage}
            onChange={({ detail }) => set({ storage: detail.value as TrailForm["storage"] })}
            items={[
              { value: "new", label: "Create new S3 bucket", description: "Create a bucket to store logs for the trail." },
              { value: "existing", label: "Use existing S3 bucket", description: "Choose an existing bucket to store logs for this trail." },
            ]}
          />
        </FormField>
        {form.storage === "new" ? (
          <FormField
            label="Trail log bucket and folder"
            description="Enter a new S3 bucket name and folder (prefix) to store your logs. Bucket names must be globally unique."
            constraintText={`Logs will be stored in ${[bucket, prefix, "AWSLogs", session.accountId].filter(Boolean).join("/")}`}
            errorText={errors.bucket}
          >
            <Input value={form.bucket} onChange={({ detail }) => set({ bucket: detail.value.trim() })} spellcheck={false} />
          </FormField>
        ) : (
          <ExistingBucket form={form} set={set} errors={errors} />
        )}
        <FormField label="Log file SSE-KMS encryption">
          <Checkbox checked={form.encrypted} onChange={({ detail }) => set({ encrypted: detail.checked })}>
            Enabled
          </Checkbox>
        </FormField>
        {form.encrypted && <KeyChoice form={form} set={set} errors={errors} />}
        <FormField label="Log file validation" description="Digest files prove that log files were not changed after delivery.">
          <Checkbox checked={form.validation} onChange={({ detail }) => set({ validation: detail.checked })}>
            Enabled
          </Checkbox>
        </FormField>
      </SpaceBetween>
    </Container>
  );
}

function ExistingBucket({ form, set, errors }: StepProps) {
  const s3 = useClient(S3Client);
  const buckets = useAws(["s3", "buckets"], async () => (await s3.send(new ListBucketsCommand({}))).Buckets ?? []);
  return (
    <SpaceBetween size="l">
      <FormField label="Trail log bucket name" description="The bucket's policy must let CloudTrail write to it." errorText={errors.existingBucket}>
        <Select
          placeholder="Choose a bucket"
          filteringType="auto"
          statusType={buckets.isLoading ? "loading" : buckets.error ? "error" : "finished"}
          errorText={buckets.error?.message}
          options={buckets.data?.map(({ Name }) => ({ value: Name, label: Name })) ?? []}
          selectedOption={form.existingBucket ? { value: form.existingBucket, label: form.existingBucket } : null}
          onChange={({ detail }) => set({ existingBucket: detail.selectedOption.value ?? "" })}
        />
      </FormField>
      <FormField label="Prefix - optional">
        <Input value={form.prefix} onChange={({ detail }) => set({ prefix: detail.value })} placeholder="prefix" spellcheck={false} />
      </FormField>
    </SpaceBetween>
  );
}

function KeyChoice({ form, set, errors }: StepProps) {
  const client = useClient(KMSClient);
  const aliases = useAws(["kms", "aliases"], () => collect(paginateListAliases({ client }, {}), (page) => page.Aliases));
  const own = aliases.data?.filter((alias) => alias.TargetKeyId && !alias.AliasName?.startsWith("alias/aws/")) ?? [];
  return (
    <SpaceBetween size="l">
      <FormField label="Customer managed AWS KMS key">
        <RadioGroup
          value={form.keyKind}
          onChange={({ detail }) => set({ keyKind: detail.value as TrailForm["keyKind"] })}
          items={[
            { value: "new", label: "New" },
            { value: "existing", label: "Existing" },
          ]}
        />
      </FormField>
      {form.keyKind === "new" ? (
        <FormField label="AWS KMS alias" constraintText="KMS key and S3 bucket must be in the same region." errorText={errors.alias}>
          <Input value={form.alias} onChange={({ detail }) => set({ alias: detail.value.trim() })} placeholder="Enter KMS alias" spellcheck={false} />
        </FormField>
      ) : (
        <FormField label="AWS KMS alias" description="The key's policy must let CloudTrail encrypt with it." errorText={errors.existingKey}>
          <Select
            placeholder="Choose a key"
            statusType={aliases.isLoading ? "loading" : aliases.error ? "error" : "finished"}
            errorText={aliases.error?.message}
            empty="There are no aliases of your own keys."
            options={own.map(({ AliasName, TargetKeyId }) => ({ value: AliasName, label: AliasName, description: TargetKeyId }))}
            selectedOption={form.existingKey ? { value: form.existingKey, label: form.existingKey } : null}
            onChange={({ detail }) => set({ existingKey: detail.selectedOption.value ?? "" })}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}
