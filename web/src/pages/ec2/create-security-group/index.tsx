import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import { useAws } from "../../../aws/query";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { useAction } from "../../../components/use-action";
import { useKept } from "../../../components/use-kept";
import { RuleEditor } from "../RuleEditor";
import { hasErrors, permissionOf, validate, type RuleDraft } from "../rules";
import { useEc2 } from "../use-ec2";

export default function CreateSecurityGroupPage() {
  const navigate = useNavigate();
  const client = useEc2();
  const vpcs = useAws(["ec2", "vpcs"], async () => (await client.send(new DescribeVpcsCommand({}))).Vpcs ?? []);
  const [{ name, description, vpc, drafts, made }, set] = useKept(() => ({ name: "", description: "", vpc: "", drafts: [] as RuleDraft[], made: "" }));
  const [tried, setTried] = useState(false);
  const { run, busy, error } = useAction<string>();
  const vpcId = vpc || (vpcs.data?.find((one) => one.IsDefault)?.VpcId ?? "");

  async function submit() {
    setTried(true);
    if (!name || !description || drafts.some((draft) => hasErrors(validate(draft, "source")))) return;
    let id = made;
    const good = await run({ done: (id) => `Security group ${id} (${name}) was created`, failed: "The security group was not created", quiet: true }, async () => {
      // Where its rules were refused the group is there already.
      if (!id) id = (await client.send(new CreateSecurityGroupCommand({ GroupName: name, Description: description, VpcId: vpcId || undefined }))).GroupId ?? "";
      set({ made: id });
      if (drafts.length > 0) await client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: id, IpPermissions: drafts.map(permissionOf) }));
      return id;
    });
    if (good) navigate(`/ec2/security-groups/${id}`);
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Form
        header={<Header variant="h1" description="A security group acts as a virtual firewall for your instance to control inbound and outbound traffic.">Create security group</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={() => navigate("/ec2/security-groups")}>
              Cancel
            </Button>
            <Button variant="primary" loading={busy} formAction="submit">
              Create security group
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <ErrorAlert error={error} header={made ? `Security group ${made} was created, but not its rules` : "The security group was not created"} />
          <ErrorAlert error={vpcs.error} header="The VPCs could not be loaded" retry={() => void vpcs.refetch()} />
          <Container header={<Header variant="h2">Basic details</Header>}>
            <SpaceBetween size="m">
              <FormField label="Security group name" description="Name cannot be edited after creation." errorText={tried && !name && "Enter a name."}>
                <Input value={name} onChange={({ detail }) => set({ name: detail.value })} placeholder="MyWebServerGroup" />
              </FormField>
              <FormField label="Description" errorText={tried && !description && "Enter a description."}>
                <Input value={description} onChange={({ detail }) => set({ description: detail.value })} placeholder="Allows SSH access to developers" />
              </FormField>
              <FormField label="VPC">
                <Select
                  statusType={vpcs.isLoading ? "loading" : "finished"}
                  options={vpcs.data?.map((one) => ({ value: one.VpcId, label: one.VpcId, description: `${one.CidrBlock}${one.IsDefault ? " (default)" : ""}` })) ?? []}
                  selectedOption={vpcId ? { value: vpcId, label: vpcId } : null}
                  onChange={({ detail }) => set({ vpc: detail.selectedOption.value ?? "" })}
                />
              </FormField>
            </SpaceBetween>
          </Container>
          <RuleEditor direction="inbound" drafts={drafts} onChange={(drafts) => set({ drafts })} showErrors={tried} />
        </SpaceBetween>
      </Form>
    </form>
  );
}
