import { lazy, type ComponentType } from "react";

export interface Page {
  path: string;
  /** Breadcrumbs behind the service's name; :name is filled in from the address. */
  crumbs: string[];
  Component: ComponentType;
  /** How wide the content may grow. */
  contentType?: "table" | "form" | "default" | "wizard";
}

const RETRIES = 3;
const PAUSE_MS = 700;

/** Once more where the connection dropped: a page must not be lost to that. */
async function persistently<T>(load: () => Promise<T>): Promise<T> {
  for (let left = RETRIES; ; left--) {
    try {
      return await load();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

// The code of a page is loaded when it is visited.
const page = (path: string, crumbs: string[], load: () => Promise<{ default: ComponentType }>, contentType: Page["contentType"] = "table"): Page => ({
  path, crumbs, Component: lazy(() => persistently(load)), contentType,
});

export const PAGES: Page[] = [
  page("/home", [], () => import("../pages/home"), "default"),
  page("/ec2/instances", ["Instances"], () => import("../pages/ec2/instances")),
  page("/ec2/instances/:id", ["Instances", ":id"], () => import("../pages/ec2/instance"), "default"),
  page("/ec2/launch", ["Instances", "Launch an instance"], () => import("../pages/ec2/launch"), "form"),
  page("/ec2/security-groups", ["Security Groups"], () => import("../pages/ec2/security-groups")),
  page("/ec2/security-groups/create", ["Security Groups", "Create security group"], () => import("../pages/ec2/create-security-group"), "form"),
  page("/ec2/security-groups/:id", ["Security Groups", ":id"], () => import("../pages/ec2/security-group"), "default"),
  page("/ec2/security-groups/:id/edit-inbound-rules", ["Security Groups", ":id", "Edit inbound rules"], () => import("../pages/ec2/edit-rules/inbound"), "default"),
  page("/ec2/security-groups/:id/edit-outbound-rules", ["Security Groups", ":id", "Edit outbound rules"], () => import("../pages/ec2/edit-rules/outbound"), "default"),
  page("/ec2/key-pairs", ["Key pairs"], () => import("../pages/ec2/key-pairs")),
  page("/cloudtrail/dashboard", ["Dashboard"], () => import("../pages/cloudtrail/dashboard"), "default"),
  page("/cloudtrail/events", ["Event history"], () => import("../pages/cloudtrail/event-history")),
  page("/cloudtrail/events/:id", ["Event history", ":id"], () => import("../pages/cloudtrail/event"), "default"),
  page("/cloudtrail/trails", ["Trails"], () => import("../pages/cloudtrail/trails")),
  page("/cloudtrail/trails/create", ["Trails", "Create trail"], () => import("../pages/cloudtrail/create-trail"), "wizard"),
  page("/cloudtrail/trails/:name", ["Trails", ":name"], () => import("../pages/cloudtrail/trail"), "default"),
  page("/investigate", [], () => import("../pages/investigate"), "default"),
  page("/athena/query-editor", ["Query editor"], () => import("../pages/athena/query-editor"), "default"),
  page("/athena/workgroups", ["Workgroups"], () => import("../pages/athena/workgroups")),
  page("/iam/users", ["Users"], () => import("../pages/iam/users")),
  page("/iam/users/create", ["Users", "Create user"], () => import("../pages/iam/create-user"), "form"),
  page("/iam/users/:name", ["Users", ":name"], () => import("../pages/iam/user"), "default"),
  page("/iam/groups", ["User groups"], () => import("../pages/iam/groups")),
  page("/iam/groups/:name", ["User groups", ":name"], () => import("../pages/iam/group"), "default"),
  page("/iam/roles", ["Roles"], () => import("../pages/iam/roles")),
  page("/iam/roles/:name", ["Roles", ":name"], () => import("../pages/iam/role"), "default"),
  page("/iam/policies", ["Policies"], () => import("../pages/iam/policies")),
  page("/iam/policies/create", ["Policies", "Create policy"], () => import("../pages/iam/create-policy"), "form"),
  page("/iam/policies/:name", ["Policies", ":name"], () => import("../pages/iam/policy"), "default"),
  page("/iam/security-credentials", ["Security credentials"], () => import("../pages/iam/security-credentials"), "default"),
  page("/s3/buckets", ["Buckets"], () => import("../pages/s3/buckets")),
  page("/s3/buckets/create", ["Buckets", "Create bucket"], () => import("../pages/s3/create-bucket"), "form"),
  page("/s3/buckets/:name", ["Buckets", ":name"], () => import("../pages/s3/bucket"), "default"),
  page("/s3/object/:name", ["Buckets", ":name", "Object"], () => import("../pages/s3/object"), "default"),
  page("/kms/keys", ["Customer managed keys"], () => import("../pages/kms/keys")),
  page("/kms/keys/create", ["Customer managed keys", "Create key"], () => import("../pages/kms/create-key"), "form"),
  page("/kms/keys/:id", ["Customer managed keys", ":id"], () => import("../pages/kms/key"), "default"),
  page("/kms/aliases", ["Aliases"], () => import("../pages/kms/aliases")),
];
