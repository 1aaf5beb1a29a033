/** The console's page of something that an event names; null: there is none. */
export function pageOfResource({ ResourceType: type = "", ResourceName: name = "" }: { ResourceType?: string; ResourceName?: string }): string | null {
  const last = encodeURIComponent(name.split("/").at(-1) ?? "");
  switch (type) {
    case "AWS::EC2::SecurityGroup": return name.startsWith("sg-") ? `/ec2/security-groups/${last}` : null;
    case "AWS::EC2::Instance": return name.startsWith("i-") ? `/ec2/instances/${last}` : null;
    case "AWS::EC2::KeyPair": return "/ec2/key-pairs";
    case "AWS::IAM::User": return `/iam/users/${last}`;
    case "AWS::IAM::Group": return `/iam/groups/${last}`;
    case "AWS::IAM::Role": return `/iam/roles/${last}`;
    case "AWS::S3::Bucket": return `/s3/buckets/${encodeURIComponent(name.replace(/^arn:aws:s3:::/, ""))}`;
    case "AWS::KMS::Key": return name.includes("alias/") ? "/kms/aliases" : `/kms/keys/${last}`;
    case "AWS::CloudTrail::Trail": return `/cloudtrail/trails/${last}`;
    default: return null;
  }
}
