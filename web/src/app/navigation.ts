import type { SideNavigationProps } from "@cloudscape-design/components/side-navigation";

export interface Service {
  id: string;
  name: string;
  description: string;
  home: string;
  category: string;
  items: SideNavigationProps.Item[];
}

const link = (text: string, href: string): SideNavigationProps.Item => ({ type: "link", text, href });

/** Every service of the console and what its navigation pane shows. */
export const SERVICES: Service[] = [
  {
    id: "athena", name: "Athena", description: "Query data in S3 using SQL", home: "/athena/query-editor", category: "Analytics",
    items: [link("Query editor", "/athena/query-editor"), link("Workgroups", "/athena/workgroups")],
  },
  {
    id: "ec2", name: "EC2", description: "Virtual servers and their firewalls", home: "/ec2/instances", category: "Compute",
    items: [
      { type: "section", text: "Instances", items: [link("Instances", "/ec2/instances"), link("Launch instance", "/ec2/launch")] },
      { type: "section", text: "Network & Security", items: [link("Security Groups", "/ec2/security-groups"), link("Key Pairs", "/ec2/key-pairs")] },
    ],
  },
  {
    id: "cloudtrail", name: "CloudTrail", description: "Track user activity and API usage", home: "/cloudtrail/dashboard", category: "Management & Governance",
    items: [link("Dashboard", "/cloudtrail/dashboard"), link("Event history", "/cloudtrail/events"), link("Trails", "/cloudtrail/trails")],
  },
  {
    id: "investigate", name: "Investigate", description: "Who did what, on one timeline", home: "/investigate", category: "Management & Governance",
    items: [link("Timeline", "/investigate")],
  },
  {
    id: "iam", name: "IAM", description: "Manage access to resources", home: "/iam/users", category: "Security, Identity, & Compliance",
    items: [
      { type: "section", text: "Access management", items: [link("User groups", "/iam/groups"), link("Users", "/iam/users"), link("Roles", "/iam/roles"), link("Policies", "/iam/policies")] },
      { type: "section", text: "Account", items: [link("Security credentials", "/iam/security-credentials")] },
    ],
  },
  {
    id: "kms", name: "Key Management Service", description: "Keys that protect your data", home: "/kms/keys", category: "Security, Identity, & Compliance",
    items: [link("Customer managed keys", "/kms/keys"), link("Aliases", "/kms/aliases")],
  },
  {
    id: "s3", name: "S3", description: "Scalable storage in the cloud", home: "/s3/buckets", category: "Storage",
    items: [link("Buckets", "/s3/buckets")],
  },
];

export const CATEGORIES = [...new Set(SERVICES.map((service) => service.category))].sort();

export function serviceOf(path: string): Service | undefined {
  return SERVICES.find((service) => path === `/${service.id}` || path.startsWith(`/${service.id}/`));
}
