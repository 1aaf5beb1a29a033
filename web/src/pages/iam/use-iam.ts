import {
  GetAccessKeyLastUsedCommand, GetLoginProfileCommand, IAMClient, paginateGetGroup, paginateListAccessKeys, paginateListAttachedGroupPolicies, paginateListAttachedRolePolicies,
  paginateListAttachedUserPolicies, paginateListGroupPolicies, paginateListGroups, paginateListGroupsForUser, paginateListMFADevices, paginateListPolicies,
  paginateListRolePolicies, paginateListRoles, paginateListUserPolicies, paginateListUsers, type AccessKeyLastUsed, type AccessKeyMetadata, type AttachedPolicy, type Group, type User,
} from "@aws-sdk/client-iam";
import { useClient } from "../../aws/clients";
import { codeOf } from "../../aws/errors";
import { collect, useAws } from "../../aws/query";

export const useIam = () => useClient(IAMClient);

export function useUsers() {
  const client = useIam();
  return useAws(["iam", "users"], () => collect(paginateListUsers({ client }, {}), (page) => page.Users));
}

export function useGroups() {
  const client = useIam();
  return useAws(["iam", "groups"], () => collect(paginateListGroups({ client }, {}), (page) => page.Groups));
}

/** A group and all who are in it. */
export function useGroup(GroupName: string) {
  const client = useIam();
  return useAws(["iam", "group", GroupName], async () => {
    let group: Group | undefined;
    const users = await collect<{ Group?: Group; Users?: User[] }, User>(paginateGetGroup({ client }, { GroupName }), (page) => ((group = page.Group), page.Users));
    return { group, users };
  });
}

export function useRoles() {
  const client = useIam();
  return useAws(["iam", "roles"], () => collect(paginateListRoles({ client }, {}), (page) => page.Roles));
}

export function usePolicies(scope: "All" | "AWS" | "Local" = "All") {
  const client = useIam();
  return useAws(["iam", "policies", scope], () => collect(paginateListPolicies({ client }, { Scope: scope }), (page) => page.Policies));
}

export interface KeyState extends AccessKeyMetadata {
  lastUsed: AccessKeyLastUsed | undefined;
}

/** All that belongs to a user, and so stands in the way of deleting it. */
export interface UserThings {
  keys: KeyState[];
  hasPassword: boolean;
  groups: string[];
  attached: AttachedPolicy[];
  inline: string[];
  mfa: string[];
}

export async function loadUserThings(client: IAMClient, UserName: string | undefined): Promise<UserThings> {
  const input = { UserName };
  const [keys, hasPassword, groups, attached, inline, mfa] = await Promise.all([
    collect(paginateListAccessKeys({ client }, input), (page) => page.AccessKeyMetadata),
    hasLoginProfile(client, UserName),
    collect(paginateListGroupsForUser({ client }, { UserName: UserName! }), (page) => page.Groups),
    collect(paginateListAttachedUserPolicies({ client }, { UserName: UserName! }), (page) => page.AttachedPolicies),
    collect(paginateListUserPolicies({ client }, { UserName: UserName! }), (page) => page.PolicyNames),
    collect(paginateListMFADevices({ client }, input), (page) => page.MFADevices),
  ]);
  return { keys: await withLastUse(client, keys), hasPassword, groups: groups.map((group) => group.GroupName ?? ""), attached, inline, mfa: mfa.map((device) => device.SerialNumber ?? "") };
}

export async function withLastUse(client: IAMClient, keys: AccessKeyMetadata[]): Promise<KeyState[]> {
  return Promise.all(
    keys.map(async (key) => ({ ...key, lastUsed: (await client.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: key.AccessKeyId }))).AccessKeyLastUsed })),
  );
}

async function hasLoginProfile(client: IAMClient, UserName: string | undefined): Promise<boolean> {
  try {
    await client.send(new GetLoginProfileCommand({ UserName: UserName! }));
    return true;
  } catch (error) {
    if (["NoSuchEntity", "NoSuchEntityException"].includes(codeOf(error))) return false;
    throw error;
  }
}

export function useUserThings(name: string | undefined) {
  const client = useIam();
  return useAws(["iam", "user-things", name], () => loadUserThings(client, name), { enabled: Boolean(name) });
}

export function useGroupPolicies(GroupName: string) {
  const client = useIam();
  return useAws(["iam", "group-policies", GroupName], async () => ({
    attached: await collect(paginateListAttachedGroupPolicies({ client }, { GroupName }), (page) => page.AttachedPolicies),
    inline: await collect(paginateListGroupPolicies({ client }, { GroupName }), (page) => page.PolicyNames),
  }));
}

export function useRolePolicies(RoleName: string) {
  const client = useIam();
  return useAws(["iam", "role-policies", RoleName], async () => ({
    attached: await collect(paginateListAttachedRolePolicies({ client }, { RoleName }), (page) => page.AttachedPolicies),
    inline: await collect(paginateListRolePolicies({ client }, { RoleName }), (page) => page.PolicyNames),
  }));
}

/** A policy's text as IAM gives it, percent-encoded, made readable. */
export function readableDocument(encoded: string | undefined): string {
  try {
    return JSON.stringify(JSON.parse(decodeURIComponent(encoded ?? "")), null, 4);
  } catch {
    return encoded ?? "";
  }
}
