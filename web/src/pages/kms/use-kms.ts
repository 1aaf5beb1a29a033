import { DescribeKeyCommand, KMSClient, paginateListAliases, paginateListKeys, type AliasListEntry, type KeyMetadata } from "@aws-sdk/client-kms";
import { useClient } from "../../aws/clients";
import { collect, useAws } from "../../aws/query";

export const useKms = () => useClient(KMSClient);

export function useAliases() {
  const client = useKms();
  return useAws<AliasListEntry[]>(["kms", "aliases"], () => collect(paginateListAliases({ client }, {}), (page) => page.Aliases));
}

export function useKeys() {
  const client = useKms();
  return useAws<KeyMetadata[]>(["kms", "keys"], async () => {
    const keys = await collect(paginateListKeys({ client }, {}), (page) => page.Keys);
    const described = await Promise.all(keys.map(async ({ KeyId }) => (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata));
    return described.filter((key): key is KeyMetadata => key?.KeyManager === "CUSTOMER");
  });
}

export const aliasesOf = (aliases: AliasListEntry[] | undefined, id: string | undefined) =>
  aliases?.filter((alias) => alias.TargetKeyId === id).map((alias) => alias.AliasName?.replace(/^alias\//, "") ?? "") ?? [];
