import {
  DeactivateMFADeviceCommand, DeleteAccessKeyCommand, DeleteLoginProfileCommand, DeleteUserCommand, DeleteUserPolicyCommand, DeleteVirtualMFADeviceCommand,
  DetachUserPolicyCommand, RemoveUserFromGroupCommand, type IAMClient,
} from "@aws-sdk/client-iam";
import { counted } from "../../components/count";
import { loadUserThings, type UserThings } from "./use-iam";

/** "2 access keys", ...: what is deleted along with a user. */
export function belongings(things: UserThings): string[] {
  const many = (count: number, one: string, more?: string) => (count === 0 ? "" : counted(count, one, more));
  return [
    many(things.keys.length, "access key"),
    things.hasPassword ? "the console password" : "",
    many(things.mfa.length, "MFA device"),
    many(things.groups.length, "group membership"),
    many(things.attached.length, "attached policy", "attached policies"),
    many(things.inline.length, "inline policy", "inline policies"),
  ].filter(Boolean);
}

/** Takes away all that stands in the way, in the order in which IAM lets it go, and then the user. */
export async function deleteUser(client: IAMClient, UserName: string): Promise<void> {
  const things = await loadUserThings(client, UserName);
  for (const { AccessKeyId } of things.keys) await client.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  if (things.hasPassword) await client.send(new DeleteLoginProfileCommand({ UserName }));
  for (const SerialNumber of things.mfa) {
    await client.send(new DeactivateMFADeviceCommand({ UserName, SerialNumber }));
    if (SerialNumber.includes(":mfa/")) await client.send(new DeleteVirtualMFADeviceCommand({ SerialNumber }));
  }
  for (const GroupName of things.groups) await client.send(new RemoveUserFromGroupCommand({ UserName, GroupName }));
  for (const { PolicyArn } of things.attached) await client.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
  for (const PolicyName of things.inline) await client.send(new DeleteUserPolicyCommand({ UserName, PolicyName }));
  await client.send(new DeleteUserCommand({ UserName }));
}
