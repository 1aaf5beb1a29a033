import {
  EC2Client, paginateDescribeInstances, paginateDescribeSecurityGroupRules, paginateDescribeSecurityGroups, DescribeKeyPairsCommand,
  type Instance, type SecurityGroup, type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import { useClient } from "../../aws/clients";
import { collect, useAws } from "../../aws/query";

export const useEc2 = () => useClient(EC2Client);

export const tagOf = (thing: { Tags?: { Key?: string; Value?: string }[] } | undefined, key: string) =>
  thing?.Tags?.find((tag) => tag.Key === key)?.Value ?? "";

export function useInstances(ids?: string[]) {
  const client = useEc2();
  return useAws<Instance[]>(
    ["ec2", "instances", ids],
    async () => {
      const pages = paginateDescribeInstances({ client }, ids ? { InstanceIds: ids } : { MaxResults: 1000 });
      const reservations = await collect(pages, (page) => page.Reservations);
      return reservations.flatMap((reservation) => reservation.Instances ?? []);
    },
    { refetchInterval: 10_000 },
  );
}

export function useSecurityGroups(ids?: string[]) {
  const client = useEc2();
  return useAws<SecurityGroup[]>(["ec2", "groups", ids], () =>
    collect(paginateDescribeSecurityGroups({ client }, ids ? { GroupIds: ids } : { MaxResults: 1000 }), (page) => page.SecurityGroups),
  );
}

export function useRules(groupIds: string[]) {
  const client = useEc2();
  return useAws<SecurityGroupRule[]>(
    ["ec2", "rules", groupIds],
    () =>
      collect(
        paginateDescribeSecurityGroupRules({ client }, { Filters: [{ Name: "group-id", Values: groupIds }], MaxResults: 1000 }),
        (page) => page.SecurityGroupRules,
      ),
    { enabled: groupIds.length > 0, refetchInterval: 10_000 },
  );
}

export function useKeyPairs() {
  const client = useEc2();
  return useAws(["ec2", "key-pairs"], async () => (await client.send(new DescribeKeyPairsCommand({}))).KeyPairs ?? []);
}
