#include "services/iam/iam_service.h"

namespace opentrail::services::iam {
namespace {

constexpr store::Migration kMigrations[] = {{.part = "iam", .version = 1, .sql = R"(
-- Users, groups and roles. Names are unique without regard to case; times are milliseconds.
CREATE TABLE iam_entity(
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE, path TEXT NOT NULL,
  created INTEGER NOT NULL, boundary TEXT, trust TEXT, description TEXT, max_session INTEGER,
  UNIQUE(kind, name)) STRICT;
CREATE TABLE iam_member(group_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY(group_id, user_id)) STRICT, WITHOUT ROWID;
CREATE INDEX iam_member_user ON iam_member(user_id);
CREATE TABLE iam_access_key(
  access_key_id TEXT PRIMARY KEY, user_id TEXT NOT NULL, secret BLOB NOT NULL, is_active INTEGER NOT NULL,
  created INTEGER NOT NULL) STRICT;
CREATE INDEX iam_access_key_user ON iam_access_key(user_id);
CREATE TABLE iam_login_profile(
  user_id TEXT PRIMARY KEY, password_hash BLOB NOT NULL, created INTEGER NOT NULL, reset_required INTEGER NOT NULL) STRICT;
CREATE TABLE iam_policy(
  arn TEXT PRIMARY KEY, policy_id TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL, description TEXT NOT NULL,
  created INTEGER NOT NULL, updated INTEGER NOT NULL, default_version INTEGER NOT NULL, newest_version INTEGER NOT NULL) STRICT;
CREATE TABLE iam_policy_version(
  arn TEXT NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY(arn, version)) STRICT, WITHOUT ROWID;
CREATE TABLE iam_inline_policy(
  entity_id TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY(entity_id, name)) STRICT, WITHOUT ROWID;
CREATE TABLE iam_attachment(entity_id TEXT NOT NULL, arn TEXT NOT NULL, PRIMARY KEY(entity_id, arn)) STRICT, WITHOUT ROWID;
CREATE INDEX iam_attachment_arn ON iam_attachment(arn);
CREATE TABLE iam_tag(entity_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(entity_id, key)) STRICT, WITHOUT ROWID;
CREATE TABLE iam_account_alias(alias TEXT PRIMARY KEY) STRICT;
-- Temporary credentials; the principal as JSON (session.cc).
CREATE TABLE iam_session(
  access_key_id TEXT PRIMARY KEY, secret BLOB NOT NULL, token TEXT NOT NULL, expires INTEGER NOT NULL,
  principal TEXT NOT NULL) STRICT;
CREATE INDEX iam_session_expires ON iam_session(expires);
)"}};

}  // namespace

std::span<const store::Migration> IamService::Migrations() { return kMigrations; }

}  // namespace opentrail::services::iam
