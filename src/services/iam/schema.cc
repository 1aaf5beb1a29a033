#include "services/iam/iam_service.h"

namespace opentrail::services::iam {
namespace {

constexpr std::string_view kVersion1 = R"sql(
-- Users, groups, roles, instance profiles and customer managed policies: what has a name, a path and an ARN.
CREATE TABLE iam_entity (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,                 -- user, group, role, instance-profile, policy
  name TEXT NOT NULL COLLATE NOCASE,
  path TEXT NOT NULL,
  created INTEGER NOT NULL,           -- epoch milliseconds, as all times here
  updated INTEGER NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  boundary TEXT NOT NULL DEFAULT '',  -- ARN of a managed policy; users and roles
  document TEXT NOT NULL DEFAULT '',  -- a role's trust policy
  max_session_s INTEGER NOT NULL DEFAULT 0,
  default_version INTEGER NOT NULL DEFAULT 0,
  last_version INTEGER NOT NULL DEFAULT 0,
  last_used INTEGER NOT NULL DEFAULT 0,  -- a user's password, a role
  last_used_region TEXT NOT NULL DEFAULT '',
  UNIQUE (kind, name)
) WITHOUT ROWID;
CREATE TABLE iam_tag (
  owner TEXT NOT NULL,
  key TEXT NOT NULL COLLATE NOCASE,
  value TEXT NOT NULL,
  PRIMARY KEY (owner, key)
) WITHOUT ROWID;
CREATE TABLE iam_inline_policy (
  owner TEXT NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
  document TEXT NOT NULL,
  PRIMARY KEY (owner, name)
) WITHOUT ROWID;
CREATE TABLE iam_attachment (
  owner TEXT NOT NULL,
  policy_arn TEXT NOT NULL,
  PRIMARY KEY (owner, policy_arn)
) WITHOUT ROWID;
CREATE INDEX iam_attachment_policy ON iam_attachment (policy_arn);
CREATE INDEX iam_entity_boundary ON iam_entity (boundary) WHERE boundary <> '';
CREATE TABLE iam_policy_version (
  policy TEXT NOT NULL,
  version INTEGER NOT NULL,
  document TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (policy, version)
) WITHOUT ROWID;
-- Users of groups, roles of instance profiles.
CREATE TABLE iam_member (
  container TEXT NOT NULL,
  member TEXT NOT NULL,
  PRIMARY KEY (container, member)
) WITHOUT ROWID;
CREATE INDEX iam_member_member ON iam_member (member);
CREATE TABLE iam_access_key (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  active INTEGER NOT NULL,
  created INTEGER NOT NULL,
  secret BLOB NOT NULL,               -- sealed: iam.access-key ID
  last_used INTEGER NOT NULL DEFAULT 0,
  last_used_region TEXT NOT NULL DEFAULT '',
  last_used_service TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX iam_access_key_owner ON iam_access_key (owner);
CREATE TABLE iam_login_profile (
  owner TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  created INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  reset_required INTEGER NOT NULL
) WITHOUT ROWID;
-- Former passwords, for the reuse rule of the password policy.
CREATE TABLE iam_password_history (
  owner TEXT NOT NULL,
  changed INTEGER NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (owner, changed)
) WITHOUT ROWID;
CREATE TABLE iam_mfa_device (
  serial TEXT PRIMARY KEY,
  seed BLOB NOT NULL,                 -- sealed: iam.mfa SERIAL
  owner TEXT NOT NULL DEFAULT '',     -- '': not assigned
  enabled INTEGER NOT NULL DEFAULT 0,
  last_step INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
-- SSH public keys, signing certificates, service-specific credentials.
CREATE TABLE iam_user_credential (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,                 -- ssh, certificate, service
  owner TEXT NOT NULL,
  active INTEGER NOT NULL,
  created INTEGER NOT NULL,
  body TEXT NOT NULL,
  fingerprint TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX iam_user_credential_owner ON iam_user_credential (owner, kind);
-- alias, password-policy (JSON), created.
CREATE TABLE iam_account (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
)sql";

constexpr std::string_view kVersion2 = R"sql(
-- The last call of an operation by a user or role: service is the prefix of IAM's actions.
CREATE TABLE iam_service_access (
  entity TEXT NOT NULL,
  service TEXT NOT NULL,
  action TEXT NOT NULL,
  time INTEGER NOT NULL,
  region TEXT NOT NULL,
  PRIMARY KEY (entity, service, action)
) WITHOUT ROWID;
-- What GetServiceLastAccessedDetails answers: services is JSON, its times epoch milliseconds.
CREATE TABLE iam_access_report (
  job_id TEXT PRIMARY KEY,
  granularity TEXT NOT NULL,
  made INTEGER NOT NULL,
  services TEXT NOT NULL
);
)sql";

constexpr store::Migration kMigrations[] = {{.part = "iam", .version = 1, .sql = kVersion1},
                                            {.part = "iam", .version = 2, .sql = kVersion2}};

}  // namespace

std::span<const store::Migration> IamService::Migrations() { return kMigrations; }

}  // namespace opentrail::services::iam
