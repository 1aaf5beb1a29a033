import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { StepProps } from "./AttributesStep";

export function EventsStep({ form, set, errors }: StepProps) {
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2" description="Record API activity for individual resources, or for all current and future resources.">Events</Header>}>
        <FormField label="Event type" description="Choose the type of events that you want to log." errorText={errors.management}>
          <SpaceBetween size="s">
            <Checkbox checked={form.management} onChange={({ detail }) => set({ management: detail.checked })} description="Capture management operations performed on your AWS resources.">
              Management events
            </Checkbox>
            <Checkbox checked={form.data} onChange={({ detail }) => set({ data: detail.checked })} description="Log the operations performed on or within S3 objects.">
              Data events
            </Checkbox>
          </SpaceBetween>
        </FormField>
      </Container>
      {form.management && (
        <Container header={<Header variant="h2" description="Management events show information about management operations performed on resources in your AWS account.">Management events</Header>}>
          <FormField label="API activity" description="Choose the activities you want to log.">
            <SpaceBetween size="s">
              <Checkbox checked={form.read} onChange={({ detail }) => set({ read: detail.checked })}>
                Read
              </Checkbox>
              <Checkbox checked={form.write} onChange={({ detail }) => set({ write: detail.checked })}>
                Write
              </Checkbox>
              <Checkbox checked={form.excludeKms} onChange={({ detail }) => set({ excludeKms: detail.checked })}>
                Exclude AWS KMS events
              </Checkbox>
              <Checkbox checked={form.excludeRds} onChange={({ detail }) => set({ excludeRds: detail.checked })}>
                Exclude Amazon RDS Data API events
              </Checkbox>
            </SpaceBetween>
          </FormField>
        </Container>
      )}
      {form.data && (
        <Container header={<Header variant="h2" description="All current and future S3 buckets">Data events: S3</Header>}>
          <FormField label="Log selector" errorText={errors.data}>
            <SpaceBetween size="s">
              <Checkbox checked={form.dataRead} onChange={({ detail }) => set({ dataRead: detail.checked })}>
                Read data events
              </Checkbox>
              <Checkbox checked={form.dataWrite} onChange={({ detail }) => set({ dataWrite: detail.checked })}>
                Write data events
              </Checkbox>
            </SpaceBetween>
          </FormField>
        </Container>
      )}
    </SpaceBetween>
  );
}
