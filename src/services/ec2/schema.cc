#include "services/ec2/ec2_service.h"

namespace opentrail::services::ec2 {
namespace {

constexpr store::Migration kMigrations[] = {{.part = "ec2", .version = 1, .sql = R"(
CREATE TABLE ec2_vpc(
  vpc_id TEXT PRIMARY KEY, region TEXT NOT NULL, cidr TEXT NOT NULL, is_default INTEGER NOT NULL,
  gateway_id TEXT NOT NULL, route_table_id TEXT NOT NULL, dhcp_options_id TEXT NOT NULL) STRICT;
CREATE INDEX ec2_vpc_region ON ec2_vpc(region);
CREATE TABLE ec2_subnet(
  subnet_id TEXT PRIMARY KEY, region TEXT NOT NULL, vpc_id TEXT NOT NULL, zone TEXT NOT NULL, cidr TEXT NOT NULL,
  first_address INTEGER NOT NULL, next_host INTEGER NOT NULL) STRICT;
CREATE INDEX ec2_subnet_vpc ON ec2_subnet(vpc_id);
CREATE TABLE ec2_group(
  group_id TEXT PRIMARY KEY, region TEXT NOT NULL, vpc_id TEXT NOT NULL, name TEXT NOT NULL,
  description TEXT NOT NULL, UNIQUE(vpc_id, name)) STRICT;
CREATE INDEX ec2_group_region ON ec2_group(region);
-- One row a source. from_port and to_port are -1 for all; exactly one of the four sources is set.
CREATE TABLE ec2_rule(
  rule_id TEXT PRIMARY KEY, group_id TEXT NOT NULL, is_egress INTEGER NOT NULL, protocol TEXT NOT NULL,
  from_port INTEGER NOT NULL, to_port INTEGER NOT NULL, cidr_ipv4 TEXT, cidr_ipv6 TEXT, prefix_list_id TEXT,
  referenced_group_id TEXT, description TEXT, number INTEGER NOT NULL) STRICT;
CREATE INDEX ec2_rule_group ON ec2_rule(group_id, is_egress, number);
CREATE INDEX ec2_rule_reference ON ec2_rule(referenced_group_id);
CREATE TABLE ec2_tag(
  resource_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, resource_type TEXT NOT NULL,
  region TEXT NOT NULL, PRIMARY KEY(resource_id, key)) STRICT, WITHOUT ROWID;
CREATE TABLE ec2_key_pair(
  key_pair_id TEXT PRIMARY KEY, region TEXT NOT NULL, name TEXT NOT NULL, fingerprint TEXT NOT NULL,
  public_key TEXT NOT NULL, type TEXT NOT NULL, created INTEGER NOT NULL, UNIQUE(region, name)) STRICT;
-- state is what was asked for last; with changed (milliseconds) it gives the state of any moment.
CREATE TABLE ec2_instance(
  instance_id TEXT PRIMARY KEY, region TEXT NOT NULL, reservation_id TEXT NOT NULL, launch_index INTEGER NOT NULL,
  image_id TEXT NOT NULL, instance_type TEXT NOT NULL, subnet_id TEXT NOT NULL, vpc_id TEXT NOT NULL,
  zone TEXT NOT NULL, private_ip TEXT NOT NULL, public_ip TEXT, key_name TEXT, launched INTEGER NOT NULL,
  wanted TEXT NOT NULL, changed INTEGER NOT NULL, reason TEXT NOT NULL, user_data TEXT,
  termination_protection INTEGER NOT NULL, client_token TEXT NOT NULL, interface_id TEXT NOT NULL,
  volume_id TEXT NOT NULL, profile_arn TEXT, metadata TEXT NOT NULL, monitoring INTEGER NOT NULL) STRICT;
CREATE INDEX ec2_instance_region ON ec2_instance(region, launched);
CREATE INDEX ec2_instance_public_ip ON ec2_instance(public_ip);
CREATE INDEX ec2_instance_token ON ec2_instance(region, client_token);
CREATE TABLE ec2_instance_group(
  instance_id TEXT NOT NULL, group_id TEXT NOT NULL, PRIMARY KEY(instance_id, group_id)) STRICT, WITHOUT ROWID;
CREATE INDEX ec2_instance_group_group ON ec2_instance_group(group_id);
)"},
                                            {.part = "ec2", .version = 2, .sql = R"(
-- A region that was touched has had its default VPC made, and keeps no second one from being missed.
CREATE TABLE ec2_region(region TEXT PRIMARY KEY, serial_console INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO ec2_region(region) SELECT DISTINCT region FROM ec2_vpc;
CREATE TABLE ec2_internet_gateway(gateway_id TEXT PRIMARY KEY, region TEXT NOT NULL, vpc_id TEXT) STRICT;
CREATE INDEX ec2_internet_gateway_vpc ON ec2_internet_gateway(vpc_id);
INSERT INTO ec2_internet_gateway SELECT gateway_id, region, vpc_id FROM ec2_vpc;
CREATE TABLE ec2_route_table(
  route_table_id TEXT PRIMARY KEY, region TEXT NOT NULL, vpc_id TEXT NOT NULL, is_main INTEGER NOT NULL) STRICT;
CREATE INDEX ec2_route_table_vpc ON ec2_route_table(vpc_id);
INSERT INTO ec2_route_table SELECT route_table_id, region, vpc_id, 1 FROM ec2_vpc;
CREATE TABLE ec2_route(
  route_table_id TEXT NOT NULL, destination TEXT NOT NULL, target TEXT NOT NULL, origin TEXT NOT NULL,
  PRIMARY KEY(route_table_id, destination)) STRICT, WITHOUT ROWID;
INSERT INTO ec2_route SELECT route_table_id, cidr, 'local', 'CreateRouteTable' FROM ec2_vpc;
INSERT INTO ec2_route SELECT route_table_id, '0.0.0.0/0', gateway_id, 'CreateRoute' FROM ec2_vpc;
-- subnet_id is NULL for a VPC's main table.
CREATE TABLE ec2_route_association(
  association_id TEXT PRIMARY KEY, route_table_id TEXT NOT NULL, subnet_id TEXT UNIQUE) STRICT;
CREATE INDEX ec2_route_association_table ON ec2_route_association(route_table_id);
INSERT INTO ec2_route_association
  SELECT 'rtbassoc-' || substr(lower(hex(randomblob(9))), 2), route_table_id, NULL FROM ec2_vpc;
ALTER TABLE ec2_vpc DROP COLUMN gateway_id;
ALTER TABLE ec2_vpc DROP COLUMN route_table_id;
ALTER TABLE ec2_vpc ADD COLUMN tenancy TEXT NOT NULL DEFAULT 'default';
ALTER TABLE ec2_vpc ADD COLUMN association_id TEXT NOT NULL DEFAULT '';
UPDATE ec2_vpc SET association_id = 'vpc-cidr-assoc-' || substr(lower(hex(randomblob(9))), 2);
ALTER TABLE ec2_vpc ADD COLUMN dns_support INTEGER NOT NULL DEFAULT 1;
ALTER TABLE ec2_vpc ADD COLUMN dns_hostnames INTEGER NOT NULL DEFAULT 1;
ALTER TABLE ec2_vpc ADD COLUMN usage_metrics INTEGER NOT NULL DEFAULT 0;
-- next_host counts from the first address that an instance can have.
ALTER TABLE ec2_subnet DROP COLUMN first_address;
ALTER TABLE ec2_subnet ADD COLUMN is_default INTEGER NOT NULL DEFAULT 1;
ALTER TABLE ec2_subnet ADD COLUMN maps_public_ip INTEGER NOT NULL DEFAULT 1;
UPDATE ec2_subnet SET next_host = next_host - 4;
ALTER TABLE ec2_instance ADD COLUMN source_dest_check INTEGER NOT NULL DEFAULT 1;
ALTER TABLE ec2_instance ADD COLUMN stop_protection INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ec2_instance ADD COLUMN shutdown_behavior TEXT NOT NULL DEFAULT 'stop';
ALTER TABLE ec2_instance ADD COLUMN ebs_optimized INTEGER NOT NULL DEFAULT 0;
CREATE INDEX ec2_instance_subnet ON ec2_instance(subnet_id);
CREATE TABLE ec2_address(
  allocation_id TEXT PRIMARY KEY, region TEXT NOT NULL, public_ip TEXT NOT NULL UNIQUE, association_id TEXT,
  instance_id TEXT) STRICT;
CREATE INDEX ec2_address_instance ON ec2_address(instance_id);
)"},
                                            {.part = "ec2", .version = 3, .sql = R"(
-- The default network ACL of each VPC, and what associates each subnet with it.
ALTER TABLE ec2_vpc ADD COLUMN network_acl_id TEXT NOT NULL DEFAULT '';
UPDATE ec2_vpc SET network_acl_id = 'acl-' || substr(lower(hex(randomblob(9))), 2);
ALTER TABLE ec2_subnet ADD COLUMN acl_association_id TEXT NOT NULL DEFAULT '';
UPDATE ec2_subnet SET acl_association_id = 'aclassoc-' || substr(lower(hex(randomblob(9))), 2);
)"},
                                            {.part = "ec2", .version = 4, .sql = R"(
-- Every volume, root volumes of instances among them. GiB, IOPS, MiB/s. instance_id is '' while it is attached to none;
-- those that end with their instance keep its id and are no longer shown.
CREATE TABLE ec2_volume(
  volume_id TEXT PRIMARY KEY, region TEXT NOT NULL, zone TEXT NOT NULL, size INTEGER NOT NULL, type TEXT NOT NULL,
  iops INTEGER, throughput INTEGER, snapshot_id TEXT NOT NULL, key_arn TEXT NOT NULL, data_key BLOB NOT NULL,
  created INTEGER NOT NULL, attached INTEGER NOT NULL, instance_id TEXT NOT NULL, device TEXT NOT NULL,
  ends_with_instance INTEGER NOT NULL, client_token TEXT NOT NULL) STRICT;
CREATE INDEX ec2_volume_region ON ec2_volume(region, created);
CREATE INDEX ec2_volume_instance ON ec2_volume(instance_id);
INSERT INTO ec2_volume
  SELECT volume_id, region, zone, 8, 'gp3', 3000, 125, '', '', x'', launched, launched, instance_id, '/dev/xvda', 1, ''
  FROM ec2_instance;
CREATE TABLE ec2_snapshot(
  snapshot_id TEXT PRIMARY KEY, region TEXT NOT NULL, volume_id TEXT NOT NULL, description TEXT NOT NULL,
  size INTEGER NOT NULL, started INTEGER NOT NULL, key_arn TEXT NOT NULL, data_key BLOB NOT NULL) STRICT;
CREATE INDEX ec2_snapshot_region ON ec2_snapshot(region, started);
-- Who else may use a snapshot: an account's id, 'all', an organisation's ARN.
CREATE TABLE ec2_share(
  resource_id TEXT NOT NULL, grantee TEXT NOT NULL, PRIMARY KEY(resource_id, grantee)) STRICT, WITHOUT ROWID;
-- ebs_key is '' for the AWS managed key.
ALTER TABLE ec2_region ADD COLUMN encrypts_volumes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ec2_region ADD COLUMN ebs_key TEXT NOT NULL DEFAULT '';
ALTER TABLE ec2_region ADD COLUMN snapshot_block TEXT NOT NULL DEFAULT 'unblocked';
)"},
                                            {.part = "ec2", .version = 5, .sql = R"(
-- The account's own images. block_devices is JSON, as DescribeImages shows it. A deregistered one stays, to be told from
-- one that never was.
CREATE TABLE ec2_image(
  image_id TEXT PRIMARY KEY, region TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL,
  architecture TEXT NOT NULL, root_device TEXT NOT NULL, created INTEGER NOT NULL, source_instance_id TEXT NOT NULL,
  source_image_id TEXT NOT NULL, source_region TEXT NOT NULL, block_devices TEXT NOT NULL,
  has_own_disk INTEGER NOT NULL, imds_support TEXT NOT NULL, last_launched INTEGER, client_token TEXT NOT NULL,
  is_deregistered INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX ec2_image_region ON ec2_image(region, created);
ALTER TABLE ec2_region ADD COLUMN image_block TEXT NOT NULL DEFAULT 'block-new-sharing';
)"},
                                            {.part = "ec2_host", .version = 1, .sql = R"(
-- What became of an instance that has a real host.
CREATE TABLE ec2_instance_host(instance_id TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
)"}};

}  // namespace

std::span<const store::Migration> Ec2Service::migrations() const { return kMigrations; }

}  // namespace opentrail::services::ec2
