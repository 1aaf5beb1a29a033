#include "services/s3/copy_digest.h"

#include "codec/text.h"
#include "services/s3/authorization.h"
#include "services/s3/conditions.h"
#include "services/s3/errors.h"
#include "services/s3/object_body.h"
#include "services/s3/s3_service.h"

namespace opentrail::services::s3 {
namespace {

// A digest that nobody asked for (an MD5 for the ETag) is worth reading so much.
constexpr uint64_t kMaxUnaskedBytes = 64 * 1024 * 1024;
constexpr size_t kReadBytes = 256 * 1024;

// Opens the bytes and leaves them to PrepareCopy.
AwsStatus OpenBytes(S3Service& service, Call& call, store::Transaction& transaction, const SourceObject& source,
                    const ByteRange& range, const DigestPlan& plan) {
  const Object& object = source.object;
  auto keys = OpenSealer(service, call, transaction, source.bucket, object.key, object.attributes.encryption,
                         "CopySourceSSECustomer");
  if (!keys) return std::unexpected(std::move(keys.error()));
  store::Connection& state = transaction.connection();
  const auto segments = CutSegments(LoadSegments(state, object.id), range.offset, range.length);
  auto bytes = OpenSegments(service.objects(), state, *keys, segments);
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  call.prepared = std::make_shared<CopyBytes>(CopyBytes{.object = object.id,
                                                        .etag = object.etag,
                                                        .range = range,
                                                        .algorithm = plan.algorithm,
                                                        .keys = std::move(*keys),
                                                        .source = std::move(*bytes),
                                                        .md5 = {},
                                                        .checksum = {}});
  return {};
}

bool Same(const ByteRange& a, const ByteRange& b) { return a.offset == b.offset && a.length == b.length; }

}  // namespace

AwsResult<SourceObject> FindSourceObject(const Call& call, store::Connection& state) {
  const auto named = ParseCopySource(call.input["CopySource"].Text());
  if (!named) return std::unexpected(named.error());
  auto bucket = FindSourceBucket(call, state, named->bucket);
  if (!bucket) return std::unexpected(std::move(bucket.error()));
  auto object = FindObject(state, *bucket, named->key, named->version_id);
  if (!object) {
    if (object.error().code == "MethodNotAllowed") {
      return InvalidRequest(
          "The source of a copy request may not specifically refer to a delete marker by version id.");
    }
    return std::unexpected(std::move(object.error()));
  }
  AwsStatus status = CheckCustomerKey(call, object->attributes.encryption, "CopySourceSSECustomer");
  if (status) status = CheckSourceConditions(call, *object);
  if (!status) return std::unexpected(std::move(status.error()));
  return SourceObject{std::move(*bucket), std::move(*object)};
}

std::unexpected<AwsError> SourceTooLarge() {
  return InvalidRequest(fmt::format(
      "The specified copy source is larger than the maximum allowable size for a copy source: {}", kMaxPutBytes));
}

AwsResult<ByteRange> PartRange(const Call& call, const Object& source) {
  const Value& range = call.input["CopySourceRange"];
  if (!range.IsString()) {
    if (source.size > kMaxPutBytes) return SourceTooLarge();
    return ByteRange{.offset = 0, .length = source.size};
  }
  auto parsed = ParseCopyRange(range.Text(), source.size);
  if (parsed && parsed->length > kMaxPutBytes) return SourceTooLarge();
  return parsed;
}

AwsResult<DigestPlan> PlanObjectCopy(const Call& call, const Object& source) {
  const Value& asked = call.input["ChecksumAlgorithm"];
  const ChecksumAlgorithm* algorithm =
      FindChecksum(asked.IsString() ? asked.Text() : std::string_view(source.attributes.checksum_algorithm));
  if (algorithm == nullptr) return InvalidRequest("Checksum algorithm provided is unsupported.");
  const bool knows_checksum =
      source.attributes.checksum_algorithm == algorithm->name && source.attributes.checksum_type == kFullObject;
  const bool knows_md5 = source.parts == 0 && source.attributes.encryption.kind == SseKind::kS3;
  if (knows_md5 && knows_checksum) return DigestPlan{DigestOrigin::kSource, algorithm};
  const bool must_read = asked.IsString() && !knows_checksum;
  if (source.size > kMaxUnaskedBytes && !must_read) return DigestPlan{DigestOrigin::kKept, algorithm};
  return DigestPlan{DigestOrigin::kBytes, algorithm};
}

DigestPlan PlanPartCopy(const Upload& upload, const Object& source, const ByteRange& range) {
  const ChecksumAlgorithm* algorithm = FindChecksum(upload.attributes.checksum_algorithm);
  if (algorithm == nullptr) algorithm = &DefaultChecksum();
  const bool is_whole = range.length == source.size && source.parts == 0;
  const bool is_known = is_whole && source.attributes.checksum_algorithm == algorithm->name &&
                        source.attributes.encryption.kind == SseKind::kS3 &&
                        upload.attributes.encryption.kind == SseKind::kS3;
  return {is_known ? DigestOrigin::kSource : DigestOrigin::kBytes, algorithm};
}

AwsResult<std::shared_ptr<CopyBytes>> TakeCopyBytes(Call& call, const DigestPlan& plan, const Object& source,
                                                    const ByteRange& range) {
  const auto* read = std::any_cast<std::shared_ptr<CopyBytes>>(&call.prepared);
  const bool is_wanted = plan.origin == DigestOrigin::kBytes;
  if (read == nullptr && !is_wanted) return nullptr;
  if (read != nullptr && is_wanted && (*read)->object == source.id && (*read)->etag == source.etag &&
      Same((*read)->range, range) && (*read)->algorithm == plan.algorithm) {
    return *read;
  }
  return Refusal("OperationAborted", 409,
                 "A conflicting conditional operation is currently in progress against this resource. Please try "
                 "again.");
}

AwsStatus BeginObjectCopy(Service& service, Call& call, store::Transaction& transaction) {
  const auto source = FindSourceObject(call, transaction.connection());
  if (!source || source->object.size > kMaxPutBytes) return {};
  const auto plan = PlanObjectCopy(call, source->object);
  if (!plan || plan->origin != DigestOrigin::kBytes) return {};
  const ByteRange all{.offset = 0, .length = source->object.size};
  return OpenBytes(static_cast<S3Service&>(service), call, transaction, *source, all, *plan);
}

AwsStatus BeginPartCopy(Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto bucket = FindBucket(call, state);
  if (!bucket) return {};
  const auto upload = FindUpload(call, state, *bucket);
  if (!upload) return {};
  const auto source = FindSourceObject(call, state);
  if (!source) return {};
  const auto range = PartRange(call, source->object);
  if (!range) return {};
  const DigestPlan plan = PlanPartCopy(*upload, source->object, *range);
  if (plan.origin != DigestOrigin::kBytes) return {};
  return OpenBytes(static_cast<S3Service&>(service), call, transaction, *source, *range, plan);
}

AwsStatus PrepareCopy(Service& /*service*/, Call& call) {
  const auto* read = std::any_cast<std::shared_ptr<CopyBytes>>(&call.prepared);
  if (read == nullptr) return {};
  CopyBytes& work = **read;
  codec::Digest md5(codec::DigestAlgorithm::kMd5), checksum(work.algorithm->digest);
  std::string buffer(kReadBytes, '\0');
  for (;;) {
    const int64_t count = work.source->Read(buffer.data(), buffer.size());
    if (count < 0) return InternalError();
    if (count == 0) break;
    const std::string_view piece(buffer.data(), static_cast<size_t>(count));
    md5.Update(piece);
    checksum.Update(piece);
  }
  work.source.reset();
  work.md5 = md5.Finish();
  work.checksum = codec::Base64Encode(checksum.Finish());
  return {};
}

}  // namespace opentrail::services::s3
