import { CreatePolicyVersionCommand, GetPolicyCommand, GetPolicyVersionCommand, ListEntitiesForPolicyCommand } from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router-dom";
import { useAws } from "../../../aws/query";
import { AppLink } from "../../../components/AppLink";
import { Copyable, Details } from "../../../components/Details";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { JsonView } from "../../../components/JsonView";
import { Unavailable } from "../../../components/Unavailable";
import { formatTime } from "../../../components/time";
import { useAction } from "../../../components/use-action";
import { useKeptDraft } from "../../../components/use-kept";
import { useSession } from "../../../session/SessionContext";
import { DeletePolicyModal } from "../DeletePolicyModal";
import { isAwsManaged } from "../policies";
import { readableDocument, useIam } from "../use-iam";

export default function PolicyPage() {
  const { name = "" } = useParams();
  const [search] = useSearchParams();
  const { session } = useSession();
  const navigate = useNavigate();
  const client = useIam();
  const PolicyArn = search.get("arn") ?? `arn:aws:iam::${session.accountId}:policy/${name}`;
  const policy = useAws(["iam", "policy", PolicyArn], async () => {
    const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn }));
    const { PolicyVersion } = await client.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }));
    return { ...Policy, document: readableDocument(PolicyVersion?.Document) };
  });
  const uses = useAws(["iam", "policy-uses", PolicyArn], () => client.send(new ListEntitiesForPolicyCommand({ PolicyArn })));
  const [draft, setDraft] = useKeptDraft("document");
  const [deleting, setDeleting] = useState(false);
  const { run, busy, error } = useAction();
  const own = !isAwsManaged(PolicyArn);

  async function save() {
    const words = { done: `A new version of ${name} is in force`, failed: "", quiet: true };
    const input = { PolicyArn, PolicyDocument: draft ?? "", SetAsDefault: true };
    if (await run(words, async () => void (await client.send(new CreatePolicyVersionCommand(input))))) setDraft(null);
  }

  const document = (
    <SpaceBetween size="s">
      {own && draft === null && <Button onClick={() => setDraft(policy.data?.document ?? "")}>Edit</Button>}
      {draft === null ? (
        <JsonView value={policy.data?.document ?? ""} label="Policy document" />
      ) : (
        <>
          <Textarea value={draft} rows={18} spellcheck={false} ariaLabel="Policy document" onChange={({ detail }) => setDraft(detail.value)} />
          <ErrorAlert error={error} header="The policy was not saved" />
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="primary" loading={busy} onClick={() => void save()}>
              Save changes
            </Button>
            <Button onClick={() => setDraft(null)}>Cancel</Button>
          </SpaceBetween>
        </>
      )}
    </SpaceBetween>
  );
  const attached = (
    <ul>
      {uses.data?.PolicyUsers?.map((one) => <li key={one.UserId}><AppLink href={`/iam/users/${one.UserName}`}>{`User ${one.UserName}`}</AppLink></li>)}
      {uses.data?.PolicyGroups?.map((one) => <li key={one.GroupId}><AppLink href={`/iam/groups/${one.GroupName}`}>{`Group ${one.GroupName}`}</AppLink></li>)}
      {uses.data?.PolicyRoles?.map((one) => <li key={one.RoleId}><AppLink href={`/iam/roles/${one.RoleName}`}>{`Role ${one.RoleName}`}</AppLink></li>)}
    </ul>
  );

  if (policy.error && !policy.data) return <Unavailable title={name} noun="policy" error={policy.error} retry={() => void policy.refetch()} />;
  return (
    <SpaceBetween size="l">
      <Header variant="h1" actions={own && <Button onClick={() => setDeleting(true)}>Delete</Button>}>
        {name}
      </Header>
      <ErrorAlert error={policy.error} header="The policy could not be loaded" retry={() => void policy.refetch()} />
      <Container header={<Header variant="h2">Policy details</Header>}>
        <Details
          items={{
            Type: own ? "Customer managed" : "AWS managed",
            ARN: <Copyable value={PolicyArn} />,
            "Creation time": formatTime(policy.data?.CreateDate),
            "Edited time": formatTime(policy.data?.UpdateDate),
            "Default version": policy.data?.DefaultVersionId,
            Description: policy.data?.Description,
          }}
        />
      </Container>
      <Tabs
        ariaLabel="Policy"
        tabs={[
          { id: "permissions", label: "Permissions", content: document },
          { id: "entities", label: "Entities attached", content: policy.data?.AttachmentCount ? attached : <Box>Attached to nothing.</Box> },
        ]}
      />
      {deleting && <DeletePolicyModal name={name} arn={PolicyArn} deleted={() => navigate("/iam/policies")} onDismiss={() => setDeleting(false)} />}
    </SpaceBetween>
  );
}
