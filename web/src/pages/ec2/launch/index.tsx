import { DescribeImagesCommand, DescribeInstanceTypesCommand, RunInstancesCommand } from "@aws-sdk/client-ec2";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Multiselect from "@cloudscape-design/components/multiselect";
import Select, { type SelectProps } from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { useNavigate } from "react-router-dom";
import { useAws } from "../../../aws/query";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { useAction } from "../../../components/use-action";
import { useKept } from "../../../components/use-kept";
import { CreateKeyPairModal } from "../key-pairs/CreateKeyPairModal";
import { useEc2, useKeyPairs, useSecurityGroups } from "../use-ec2";

const NO_KEY: SelectProps.Option = { value: "", label: "Proceed without a key pair" };

const freshForm = () => ({
  name: "", image: "", type: "t3.micro", key: null as SelectProps.Option | null, chosen: [] as readonly SelectProps.Option[], profile: "", userData: "",
});

function useChoices() {
  const client = useEc2();
  const images = useAws(["ec2", "images"], async () => (await client.send(new DescribeImagesCommand({}))).Images ?? []);
  const types = useAws(["ec2", "types"], async () => (await client.send(new DescribeInstanceTypesCommand({}))).InstanceTypes ?? []);
  return { images, types };
}

function toBase64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

export default function LaunchPage() {
  const navigate = useNavigate();
  const client = useEc2();
  const { images, types } = useChoices();
  const pairs = useKeyPairs();
  const groups = useSecurityGroups();
  const [{ name, image, type, key, chosen, profile, userData }, set] = useKept(freshForm);
  const [tried, setTried] = useState(false);
  const [making, setMaking] = useState(false);
  const { run, busy, error } = useAction<string>();
  const imageId = image || (images.data?.[0]?.ImageId ?? "");

  async function submit() {
    setTried(true);
    if (!imageId || !key) return;
    const words = { doing: "Launching the instance", done: (id: string) => `Successfully initiated launch of instance ${id}`, failed: "The instance was not launched" };
    const good = await run(words, async () => {
      const { Instances } = await client.send(
        new RunInstancesCommand({
          ImageId: imageId,
          InstanceType: type as "t3.micro",
          MinCount: 1,
          MaxCount: 1,
          KeyName: key.value || undefined,
          SecurityGroupIds: chosen.length > 0 ? chosen.map((option) => option.value!) : undefined,
          IamInstanceProfile: profile ? { Name: profile } : undefined,
          UserData: userData ? toBase64(userData) : undefined,
          TagSpecifications: name ? [{ ResourceType: "instance", Tags: [{ Key: "Name", Value: name }] }] : undefined,
        }),
      );
      return Instances?.[0]?.InstanceId ?? "";
    });
    if (good) navigate("/ec2/instances");
  }

  const groupOptions = groups.data?.map((group) => ({ value: group.GroupId, label: group.GroupName, description: `${group.GroupId} ${group.Description}` })) ?? [];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Form
        header={<Header variant="h1" description="An instance is a real Linux host on the machine that this runs on.">Launch an instance</Header>}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={() => navigate("/ec2/instances")}>
              Cancel
            </Button>
            <Button variant="primary" loading={busy} formAction="submit">
              Launch instance
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <ErrorAlert error={error} header="The instance was not launched" />
          <ErrorAlert error={images.error ?? types.error} header="What can be launched could not be loaded" retry={() => void Promise.all([images.refetch(), types.refetch()])} />
          <ErrorAlert error={pairs.error} header="The key pairs could not be loaded" retry={() => void pairs.refetch()} />
          <ErrorAlert error={groups.error} header="The security groups could not be loaded" retry={() => void groups.refetch()} />
          <Container header={<Header variant="h2">Name and tags</Header>}>
            <FormField label="Name">
              <Input value={name} onChange={({ detail }) => set({ name: detail.value })} placeholder="e.g. My Web Server" />
            </FormField>
          </Container>
          <Container header={<Header variant="h2">Image and size</Header>}>
            <SpaceBetween size="m">
              <FormField label="Amazon Machine Image (AMI)" errorText={tried && !imageId && "Choose an image."}>
                <Select
                  statusType={images.isLoading ? "loading" : images.error ? "error" : "finished"}
                  errorText={images.error?.message}
                  empty="There are no images."
                  options={images.data?.map((one) => ({ value: one.ImageId, label: one.Name, description: `${one.ImageId} ${one.Description ?? ""}` })) ?? []}
                  selectedOption={imageId ? { value: imageId, label: images.data?.find((one) => one.ImageId === imageId)?.Name ?? imageId } : null}
                  onChange={({ detail }) => set({ image: detail.selectedOption.value ?? "" })}
                />
              </FormField>
              <FormField label="Instance type">
                <Select
                  filteringType="auto"
                  statusType={types.isLoading ? "loading" : "finished"}
                  options={
                    types.data?.map((one) => ({ value: one.InstanceType, label: one.InstanceType, description: `${one.VCpuInfo?.DefaultVCpus ?? "?"} vCPU, ${one.MemoryInfo?.SizeInMiB ?? "?"} MiB` })) ?? []
                  }
                  selectedOption={{ value: type, label: type }}
                  onChange={({ detail }) => set({ type: detail.selectedOption.value ?? type })}
                />
              </FormField>
            </SpaceBetween>
          </Container>
          <Container header={<Header variant="h2" actions={<Button formAction="none" onClick={() => setMaking(true)}>Create new key pair</Button>}>Key pair (login)</Header>}>
            <FormField label="Key pair name - required" errorText={tried && !key && "Choose a key pair, or to proceed without."}>
              <Select
                placeholder="Select"
                options={[NO_KEY, ...(pairs.data?.map((pair) => ({ value: pair.KeyName, label: pair.KeyName, description: pair.KeyType })) ?? [])]}
                selectedOption={key}
                onChange={({ detail }) => set({ key: detail.selectedOption })}
              />
            </FormField>
          </Container>
          <Container header={<Header variant="h2">Network settings</Header>}>
            <FormField label="Security groups" description="Without a choice the VPC's default group is used.">
              <Multiselect
                filteringType="auto"
                placeholder="Select security groups"
                options={groupOptions}
                selectedOptions={chosen}
                onChange={({ detail }) => set({ chosen: detail.selectedOptions })}
                deselectAriaLabel={(option) => `Remove ${option.label}`}
              />
            </FormField>
          </Container>
          <ExpandableSection variant="container" headerText="Advanced details">
            <SpaceBetween size="m">
              <FormField label="IAM instance profile">
                <Input value={profile} onChange={({ detail }) => set({ profile: detail.value })} />
              </FormField>
              <FormField label="User data" description="A script that runs at the first start.">
                <Textarea value={userData} onChange={({ detail }) => set({ userData: detail.value })} rows={6} spellcheck={false} />
              </FormField>
            </SpaceBetween>
          </ExpandableSection>
        </SpaceBetween>
      </Form>
      {making && <CreateKeyPairModal onDismiss={() => setMaking(false)} created={(made) => set({ key: { value: made, label: made } })} />}
    </form>
  );
}
