import {
  AuthorizeSecurityGroupEgressCommand, AuthorizeSecurityGroupIngressCommand, RevokeSecurityGroupEgressCommand, RevokeSecurityGroupIngressCommand,
  type EC2Client, type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import Button from "@cloudscape-design/components/button";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useState } from "react";
import { useNavigate, useParams } from "react-router-dom";
import { ErrorAlert } from "../../../components/ErrorAlert";
import { useAction } from "../../../components/use-action";
import { useKept } from "../../../components/use-kept";
import { RuleEditor } from "../RuleEditor";
import { changes, draftOf, hasErrors, permissionOf, validate, type RuleDraft } from "../rules";
import { useEc2, useRules } from "../use-ec2";

type Direction = "inbound" | "outbound";

async function save(client: EC2Client, direction: Direction, group: string, before: SecurityGroupRule[], drafts: RuleDraft[]) {
  const { first, revoke, last } = changes(before, drafts);
  const inbound = direction === "inbound";
  const authorize = async (rules: RuleDraft[]) => {
    const input = { GroupId: group, IpPermissions: rules.map(permissionOf) };
    if (rules.length > 0) await (inbound ? client.send(new AuthorizeSecurityGroupIngressCommand(input)) : client.send(new AuthorizeSecurityGroupEgressCommand(input)));
  };
  await authorize(first);
  const gone = { GroupId: group, SecurityGroupRuleIds: revoke };
  if (revoke.length > 0) await (inbound ? client.send(new RevokeSecurityGroupIngressCommand(gone)) : client.send(new RevokeSecurityGroupEgressCommand(gone)));
  await authorize(last);
}

export function EditRulesPage({ direction }: { direction: Direction }) {
  const { id = "" } = useParams();
  const rules = useRules([id]);
  const own = rules.data?.filter((rule) => rule.IsEgress === (direction === "outbound"));
  if (rules.error && !own) return <ErrorAlert error={rules.error} header="The rules could not be loaded" retry={() => void rules.refetch()} />;
  if (!own) return <Spinner size="large" />;
  return <Editor direction={direction} group={id} before={own} />;
}

function Editor({ direction, group, before: current }: { direction: Direction; group: string; before: SecurityGroupRule[] }) {
  const navigate = useNavigate();
  const client = useEc2();
  // What was there when editing began: what others add meanwhile is not taken away by saving.
  const [{ before, drafts }, set] = useKept(() => ({ before: current, drafts: current.map(draftOf) }));
  const [tried, setTried] = useState(false);
  const { run, busy, error } = useAction();
  const back = () => navigate(`/ec2/security-groups/${group}`);

  async function submit() {
    setTried(true);
    if (drafts.some((draft) => hasErrors(validate(draft, "source")))) return;
    const words = {
      done: `${direction === "inbound" ? "Inbound" : "Outbound"} security group rules were modified on ${group}`,
      failed: "The rules were not saved",
      quiet: true,
    };
    if (await run(words, () => save(client, direction, group, before, drafts))) back();
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Form
        header={
          <Header variant="h1" description={`${direction === "inbound" ? "Inbound rules control the incoming traffic that's allowed to reach the instance." : "Outbound rules control the outgoing traffic that's allowed to leave the instance."}`}>
            Edit {direction} rules
          </Header>
        }
        errorText={undefined}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button formAction="none" variant="link" onClick={back}>
              Cancel
            </Button>
            <Button variant="primary" loading={busy} formAction="submit">
              Save rules
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          <ErrorAlert error={error} header="The rules were not saved" />
          <RuleEditor direction={direction} drafts={drafts} onChange={(drafts) => set({ drafts })} showErrors={tried} />
        </SpaceBetween>
      </Form>
    </form>
  );
}
