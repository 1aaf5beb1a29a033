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
                                            {.part = "ec2_host", .version = 1, .sql = R"(
-- What became of an instance that has a real host.
CREATE TABLE ec2_instance_host(instance_id TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
)"}};

}  // namespace

std::span<const store::Migration> Ec2Service::migrations() const { return kMigrations; }

}  // namespace opentrail::services::ec2
