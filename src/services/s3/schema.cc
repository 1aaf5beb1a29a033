#include "services/s3/schema.h"

namespace opentrail::services::s3 {
namespace {

// Keys are BLOBs: SQLite then orders them by bytes, as S3 lists them. A version's id grows with its age in reverse: the
// newest has the greatest. The index of current objects holds neither old versions nor delete markers, so that a page
// of a listing reads its own rows alone.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE s3_bucket (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  region TEXT NOT NULL,
  created INTEGER NOT NULL,
  versioning INTEGER NOT NULL DEFAULT 0,
  ownership TEXT,
  public_access_block INTEGER,
  policy TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '',
  sse INTEGER NOT NULL DEFAULT 0,
  kms_key TEXT NOT NULL DEFAULT '',
  bucket_key INTEGER NOT NULL DEFAULT 0,
  blocks_sse_c INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE s3_object (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  bucket INTEGER NOT NULL REFERENCES s3_bucket(id),
  key BLOB NOT NULL,
  version_id TEXT NOT NULL,
  is_latest INTEGER NOT NULL,
  delete_marker INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  etag TEXT NOT NULL,
  size INTEGER NOT NULL,
  parts INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  storage_class TEXT NOT NULL,
  headers TEXT NOT NULL,
  tags TEXT NOT NULL,
  checksum_algorithm TEXT NOT NULL,
  checksum_type TEXT NOT NULL,
  sse INTEGER NOT NULL,
  kms_key TEXT NOT NULL,
  bucket_key INTEGER NOT NULL,
  encryption_context TEXT NOT NULL,
  data_key BLOB NOT NULL,
  customer_key_md5 TEXT NOT NULL
);
CREATE UNIQUE INDEX s3_object_version ON s3_object(bucket, key, version_id);
CREATE INDEX s3_object_age ON s3_object(bucket, key, id DESC);
CREATE UNIQUE INDEX s3_object_current ON s3_object(bucket, key) WHERE is_latest = 1 AND delete_marker = 0;
CREATE TABLE s3_segment (
  object INTEGER NOT NULL REFERENCES s3_object(id),
  number INTEGER NOT NULL,
  part INTEGER NOT NULL,
  content INTEGER NOT NULL,
  content_size INTEGER NOT NULL,
  start INTEGER NOT NULL,
  size INTEGER NOT NULL,
  sealed_key BLOB NOT NULL,
  checksum TEXT NOT NULL,
  PRIMARY KEY (object, number)
) WITHOUT ROWID;
CREATE TABLE s3_shared_content (
  content INTEGER PRIMARY KEY,
  uses INTEGER NOT NULL
);
CREATE TABLE s3_upload (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  upload_id TEXT NOT NULL UNIQUE,
  bucket INTEGER NOT NULL REFERENCES s3_bucket(id),
  key BLOB NOT NULL,
  initiated INTEGER NOT NULL,
  initiator TEXT NOT NULL,
  storage_class TEXT NOT NULL,
  headers TEXT NOT NULL,
  tags TEXT NOT NULL,
  checksum_algorithm TEXT NOT NULL,
  checksum_type TEXT NOT NULL,
  sse INTEGER NOT NULL,
  kms_key TEXT NOT NULL,
  bucket_key INTEGER NOT NULL,
  encryption_context TEXT NOT NULL,
  data_key BLOB NOT NULL,
  customer_key_md5 TEXT NOT NULL
);
CREATE INDEX s3_upload_key ON s3_upload(bucket, key, id);
CREATE TABLE s3_part (
  upload INTEGER NOT NULL REFERENCES s3_upload(id),
  number INTEGER NOT NULL,
  etag TEXT NOT NULL,
  modified INTEGER NOT NULL,
  size INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  PRIMARY KEY (upload, number)
) WITHOUT ROWID;
CREATE TABLE s3_part_segment (
  upload INTEGER NOT NULL,
  part INTEGER NOT NULL,
  number INTEGER NOT NULL,
  content INTEGER NOT NULL,
  content_size INTEGER NOT NULL,
  start INTEGER NOT NULL,
  size INTEGER NOT NULL,
  sealed_key BLOB NOT NULL,
  PRIMARY KEY (upload, part, number)
) WITHOUT ROWID;
)sql";

// A key's place in an index is one of many: each index that holds it costs a PutObject a page of the log. So a version
// lies in s3_object_current or in s3_object_past, and s3_object_version has only what a bucket without versions never
// has. s3_object_bucket grows at its end, and is what the foreign key is looked up by. Whoever names one of these in
// INDEXED BY repeats its WHERE: object_rows.cc.
constexpr std::string_view kVersion2 = R"sql(
DROP INDEX s3_object_version;
DROP INDEX s3_object_age;
CREATE INDEX s3_object_bucket ON s3_object(bucket);
CREATE INDEX s3_object_past ON s3_object(bucket, key, id DESC) WHERE (is_latest = 0 OR delete_marker = 1);
CREATE UNIQUE INDEX s3_object_version ON s3_object(bucket, key, version_id)
  WHERE (version_id <> 'null' OR is_latest = 0 OR delete_marker = 1);
)sql";

// The account's public access block: one row, or none.
constexpr std::string_view kVersion3 = R"sql(
CREATE TABLE s3_account_block (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  bits INTEGER NOT NULL
);
)sql";

constexpr store::Migration kMigrations[] = {{.part = "s3", .version = 1, .sql = kVersion1},
                                            {.part = "s3", .version = 2, .sql = kVersion2},
                                            {.part = "s3", .version = 3, .sql = kVersion3}};

}  // namespace

std::span<const store::Migration> Migrations() { return kMigrations; }

}  // namespace opentrail::services::s3
