import Alert from "@cloudscape-design/components/alert";
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useSession } from "../../session/SessionContext";
import { completeSource, emptyDraft, isOpenToAll, RULE_TYPES, validate, type RuleDraft, type SourceKind } from "./rules";

interface Props {
  direction: "inbound" | "outbound";
  drafts: RuleDraft[];
  onChange: (drafts: RuleDraft[]) => void;
  showErrors: boolean;
}

const KINDS: { value: SourceKind; label: string }[] = [
  { value: "custom", label: "Custom" },
  { value: "anywhere-ipv4", label: "Anywhere-IPv4" },
  { value: "anywhere-ipv6", label: "Anywhere-IPv6" },
  { value: "my-ip", label: "My IP" },
];

const TYPE_OPTIONS = RULE_TYPES.map((type) => ({ value: type.id, label: type.label }));

function useMyCidr(): string {
  const { sourceIp } = useSession().session;
  return completeSource(sourceIp);
}

export function RuleEditor({ direction, drafts, onChange, showErrors }: Props) {
  const mine = useMyCidr();
  const word = direction === "inbound" ? "Source" : "Destination";
  const change = (key: string, part: Partial<RuleDraft>) => onChange(drafts.map((draft) => (draft.key === key ? { ...draft, ...part } : draft)));
  const setType = (draft: RuleDraft, id: string) => {
    const type = RULE_TYPES.find((candidate) => candidate.id === id)!;
    change(draft.key, { type: id, protocol: type.protocol, ports: type.ports });
  };
  const setKind = (draft: RuleDraft, sourceKind: SourceKind) => {
    const source = { custom: "", "anywhere-ipv4": "0.0.0.0/0", "anywhere-ipv6": "::/0", "my-ip": mine }[sourceKind];
    change(draft.key, { sourceKind, source });
  };
  const errorsOf = (draft: RuleDraft) => (showErrors ? validate(draft, word.toLowerCase()) : {});
  const open = direction === "inbound" ? drafts.filter((draft) => isOpenToAll(draft.source)) : [];
  const portsAreFixed = (draft: RuleDraft) => !draft.type.startsWith("custom-") || draft.type === "custom-icmp";

  return (
    <SpaceBetween size="m">
      <Container header={<Header variant="h2">{direction === "inbound" ? "Inbound rules" : "Outbound rules"}</Header>}>
        <AttributeEditor
          items={drafts}
          addButtonText="Add rule"
          removeButtonText="Delete"
          removeButtonAriaLabel={(draft) => `Delete rule ${drafts.indexOf(draft) + 1}`}
          empty={`This security group has no ${direction} rules.`}
          onAddButtonClick={() => onChange([...drafts, emptyDraft()])}
          onRemoveButtonClick={({ detail }) => onChange(drafts.filter((_, index) => index !== detail.itemIndex))}
          gridLayout={[
            { rows: [[4, 2, 4, 4, 3]], breakpoint: "xs", removeButton: { width: "auto" } },
            { rows: [[2, 2], [2, 2], [4]], breakpoint: "xxs", removeButton: { ownRow: true } },
            { rows: [[1], [1], [1], [1], [1]], removeButton: { ownRow: true } },
          ]}
          definition={[
            {
              label: "Type",
              control: (draft, index) => (
                <Select
                  filteringType="auto"
                  options={TYPE_OPTIONS}
                  selectedOption={TYPE_OPTIONS.find((option) => option.value === draft.type) ?? null}
                  onChange={({ detail }) => setType(draft, detail.selectedOption.value!)}
                  ariaLabel={`Type of rule ${index + 1}`}
                />
              ),
            },
            {
              label: "Port range",
              errorText: (draft) => errorsOf(draft).ports,
              control: (draft, index) => (
                <Input
                  value={draft.ports}
                  disabled={portsAreFixed(draft)}
                  placeholder="0"
                  onChange={({ detail }) => change(draft.key, { ports: detail.value })}
                  ariaLabel={`Port range of rule ${index + 1}`}
                />
              ),
            },
            {
              label: `${word} type`,
              control: (draft, index) => (
                <Select
                  options={KINDS}
                  selectedOption={KINDS.find((kind) => kind.value === draft.sourceKind) ?? KINDS[0]}
                  onChange={({ detail }) => setKind(draft, detail.selectedOption.value as SourceKind)}
                  ariaLabel={`${word} type of rule ${index + 1}`}
                />
              ),
            },
            {
              label: word,
              errorText: (draft) => errorsOf(draft).source,
              warningText: (draft) => (direction === "inbound" && isOpenToAll(draft.source) ? "Open to every address." : undefined),
              control: (draft, index) => (
                <Input
                  value={draft.source}
                  disabled={draft.sourceKind !== "custom"}
                  placeholder="203.0.113.25/32 or sg-…"
                  spellcheck={false}
                  onChange={({ detail }) => change(draft.key, { source: detail.value })}
                  onBlur={() => change(draft.key, { source: completeSource(draft.source) })}
                  ariaLabel={`${word} of rule ${index + 1}`}
                />
              ),
            },
            {
              label: "Description - optional",
              errorText: (draft) => errorsOf(draft).description,
              control: (draft, index) => (
                <Input value={draft.description} onChange={({ detail }) => change(draft.key, { description: detail.value })} ariaLabel={`Description of rule ${index + 1}`} />
              ),
            },
          ]}
        />
      </Container>
      {open.length > 0 && (
        <Alert type="warning">
          Rules with source of 0.0.0.0/0 or ::/0 allow all IP addresses to access your instance. We recommend setting security group rules to allow
          access from known IP addresses only.
        </Alert>
      )}
    </SpaceBetween>
  );
}
