#include "services/athena/result_file.h"

#include "codec/stream_cipher.h"

namespace opentrail::services::athena {
namespace {

using sql::TypeKind;

constexpr int64_t kNullableUnknown = 3;
constexpr std::string_view kClientSide = "CSE_KMS";

int64_t PrecisionOf(const sql::Type& type) {
  switch (type.kind()) {
    case TypeKind::kTinyint: return 3;
    case TypeKind::kSmallint: return 5;
    case TypeKind::kInteger: return 10;
    case TypeKind::kBigint: return 19;
    case TypeKind::kReal:
    case TypeKind::kDouble: return 17;
    case TypeKind::kDecimal: return type.precision();
    case TypeKind::kVarchar:
    case TypeKind::kChar: return type.length();
    case TypeKind::kVarbinary: return 1'073'741'824;
    case TypeKind::kTime:
    case TypeKind::kTimeWithTimeZone:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampWithTimeZone: return 3;
    default: return 0;
  }
}

Value MakeColumnInfo(std::string_view name, std::string_view type, int64_t precision, int64_t scale,
                     bool case_sensitive) {
  return Value::Object({{"CatalogName", "hive"},
                        {"SchemaName", ""},
                        {"TableName", ""},
                        {"Name", name},
                        {"Label", name},
                        {"Type", type},
                        {"Precision", precision},
                        {"Scale", scale},
                        {"Nullable", "UNKNOWN"},
                        {"CaseSensitive", case_sensitive}});
}

// https://protobuf.dev/programming-guides/encoding/
void AppendVarint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(0x80 | (value & 0x7F));
  out += static_cast<char>(value);
}

void AppendInteger(std::string& out, uint32_t field, uint64_t value) {
  AppendVarint(out, uint64_t{field} << 3);
  AppendVarint(out, value);
}

void AppendBytes(std::string& out, uint32_t field, std::string_view bytes) {
  AppendVarint(out, (uint64_t{field} << 3) | 2);
  AppendVarint(out, bytes.size());
  out += bytes;
}

std::string ColumnMessage(const Value& column) {
  std::string message;
  AppendBytes(message, 1, column["CatalogName"].Text());
  AppendBytes(message, 4, column["Name"].Text());
  AppendBytes(message, 5, column["Label"].Text());
  AppendBytes(message, 6, column["Type"].Text());
  AppendInteger(message, 7, static_cast<uint64_t>(column["Precision"].Integer(0)));
  AppendInteger(message, 8, static_cast<uint64_t>(column["Scale"].Integer(0)));
  AppendInteger(message, 9, kNullableUnknown);
  AppendInteger(message, 10, column["CaseSensitive"].Boolean() ? 1 : 0);
  return message;
}

// https://docs.aws.amazon.com/athena/latest/APIReference/API_EncryptionConfiguration.html
void SetEncryption(const Value& configuration, Value& input) {
  const Value& encryption = configuration["EncryptionConfiguration"];
  const std::string_view option = encryption["EncryptionOption"].Text();
  if (option.empty() || option == kClientSide) return;
  input.Set("ServerSideEncryption", option == "SSE_KMS" ? "aws:kms" : "AES256");
  if (option == "SSE_KMS") input.SetIfPresent("SSEKMSKeyId", encryption["KmsKey"]);
}

}  // namespace

bool IsEncryptedBefore(const Value& configuration) {
  return configuration["EncryptionConfiguration"]["EncryptionOption"].Text() == kClientSide;
}

Value ColumnInfo(std::string_view name, const sql::Type& type) {
  const bool is_text = type.kind() == TypeKind::kVarchar || type.kind() == TypeKind::kChar;
  const int64_t scale = type.kind() == TypeKind::kDecimal ? type.scale() : 0;
  return MakeColumnInfo(name, type.BaseName(), PrecisionOf(type), scale, is_text);
}

Value HiveColumnInfo(std::string_view name) { return MakeColumnInfo(name, "string", 0, 0, false); }

std::string ResultMetadata(std::string_view query_id, const Value& columns) {
  std::string message;
  AppendBytes(message, 1, query_id);
  for (const Value& column : columns.elements()) AppendBytes(message, 4, ColumnMessage(column));
  return message;
}

AwsResult<ResultFile> ResultFile::Begin(Service& s3, const Caller& caller, std::string_view uri,
                                        const Value& configuration, const std::optional<ResultKey>& key) {
  const auto location = S3Location::Parse(uri);
  if (!location) return AwsFailure("INVALID_INPUT", "outputLocation is not a valid S3 path.");
  Value input = Value::Object(
      {{"Bucket", location->bucket}, {"ContentType", "application/octet-stream"}, {"Key", location->key}});
  SetEncryption(configuration, input);
  input.SetIfPresent("ExpectedBucketOwner", configuration["ExpectedBucketOwner"]);
  if (configuration["AclConfiguration"]["S3AclOption"].Text() == "BUCKET_OWNER_FULL_CONTROL") {
    input.Set("ACL", "bucket-owner-full-control");
  }
  Call call;
  call.account_id = caller.account_id;
  call.input = input;
  auto body = FindHandler(s3, "PutObject")->begin_body(s3, call);
  if (!body) return std::unexpected(std::move(body.error()));
  ResultFile file(uri, std::move(input), std::move(*body));
  if (key) {
    file.envelope_ = key->envelope;
    file.sealing_ = SealingSink(*file.body_, *key);
  }
  return file;
}

AwsStatus ResultFile::Count(size_t bytes) {
  if (!envelope_) return {};
  envelope_->length += bytes;
  if (envelope_->length <= codec::kMaxStreamBytes) return {};
  return AwsFailure("EntityTooLarge", "An object under CSE_KMS has at most {} bytes", codec::kMaxStreamBytes);
}

AwsStatus ResultFile::Write(std::string_view bytes) {
  if (AwsStatus counted = Count(bytes.size()); !counted) return counted;
  return Sink().Write(bytes);
}

AwsStatus ResultFile::WriteBehind(std::string& bytes) {
  if (AwsStatus counted = Count(bytes.size()); !counted) return counted;
  if (!behind_) behind_ = std::make_unique<BodyWriter>(Sink());
  return behind_->Write(bytes);
}

AwsStatus ResultFile::Finish() {
  AwsStatus status = behind_ ? behind_->Finish() : AwsStatus();
  behind_.reset();
  return status ? Sink().Finish({}) : status;
}

AwsStatus ResultFile::Put(InsideCalls& inside, store::Transaction& transaction, const Caller& caller) {
  if (envelope_) input_.Set("Metadata", envelope_->Metadata());
  InsideCall call = CallAs(caller, "s3", "PutObject", std::move(input_));
  MoveToBucketRegion(transaction.connection(), call);
  call.body = std::move(body_);
  const auto reply = inside.Invoke(transaction, std::move(call));
  if (!reply) return std::unexpected(reply.error());
  if (envelope_) seal_ = envelope_->SealOf(reply->output["ETag"].Text());
  return {};
}

}  // namespace opentrail::services::athena
