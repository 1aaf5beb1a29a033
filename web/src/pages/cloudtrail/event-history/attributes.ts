import type { LookupAttribute, LookupAttributeKey } from "@aws-sdk/client-cloudtrail";

export interface LookupChoice {
  value: LookupAttributeKey;
  label: string;
  placeholder: string;
}

/** What the history can be filtered by, one at a time. */
export const LOOKUP_ATTRIBUTES: LookupChoice[] = [
  { value: "ReadOnly", label: "Read-only", placeholder: "true or false" },
  { value: "EventId", label: "Event ID", placeholder: "Enter an event ID" },
  { value: "EventName", label: "Event name", placeholder: "Enter an event name" },
  { value: "EventSource", label: "Event source", placeholder: "Enter an event source, such as ec2.amazonaws.com" },
  { value: "ResourceName", label: "Resource name", placeholder: "Enter a resource name" },
  { value: "ResourceType", label: "Resource type", placeholder: "Enter a resource type, such as AWS::EC2::SecurityGroup" },
  { value: "Username", label: "User name", placeholder: "Enter a user name" },
  { value: "AccessKeyId", label: "AWS access key", placeholder: "Enter an access key ID" },
];

const UNFILTERED = { filter: "none" };

/** The filter that the page's address asks for; the account's changes where it asks for none. */
export function attributeIn(search: URLSearchParams): LookupAttribute | undefined {
  if (search.get("filter") === UNFILTERED.filter) return undefined;
  const choice = LOOKUP_ATTRIBUTES.find(({ value }) => search.get(value));
  return choice ? { AttributeKey: choice.value, AttributeValue: search.get(choice.value)! } : { AttributeKey: "ReadOnly", AttributeValue: "false" };
}

export function searchOf(attribute: LookupAttribute | undefined): Record<string, string> {
  return attribute ? { [attribute.AttributeKey!]: attribute.AttributeValue! } : UNFILTERED;
}
