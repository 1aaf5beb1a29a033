#include "codec/digest.h"
#include "codec/text.h"
#include "services/s3/attributes.h"
#include "services/s3/conditions.h"
#include "services/s3/copy_digest.h"
#include "services/s3/errors.h"
#include "services/s3/handlers.h"
#include "services/s3/multipart.h"
#include "services/s3/object_body.h"
#include "services/s3/object_put.h"

// Copies move no bytes: the copy holds the same contents, and their keys are sealed anew for it.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
namespace opentrail::services::s3 {
namespace {

enum class Directive : uint8_t { kCopy, kReplace };
AwsResult<Directive> ParseDirective(const Value& text, std::string_view what) {
  if (text.Text("COPY") == "COPY") return Directive::kCopy;
  if (text.Text() == "REPLACE") return Directive::kReplace;
  return InvalidArgument(fmt::format("Unknown {} directive.", what), fmt::format("x-amz-{}-directive", what),
                         text.Text());
}

AwsStatus CheckSelfCopy(const Call& call, const Bucket& bucket, const SourceObject& source, Directive metadata) {
  const bool same = source.bucket.id == bucket.id && source.object.key == call.input["Key"].Text();
  const bool changes = metadata == Directive::kReplace || call.input.Has("StorageClass") ||
                       call.input.Has("ServerSideEncryption") || call.input.Has("SSECustomerAlgorithm") ||
                       call.input.Has("WebsiteRedirectLocation");
  if (!same || changes || !source.object.is_latest) return {};
  return InvalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's "
      "metadata, storage class, website redirect location or encryption attributes.");
}

// What the copy is, beside its bytes: from the request, and from the source where the directives say so.
AwsResult<ObjectAttributes> CopyAttributes(const Call& call, const Bucket& bucket, const SourceObject& source) {
  const auto metadata = ParseDirective(call.input["MetadataDirective"], "metadata");
  if (!metadata) return std::unexpected(metadata.error());
  const auto tagging = ParseDirective(call.input["TaggingDirective"], "tagging");
  if (!tagging) return std::unexpected(tagging.error());
  if (AwsStatus status = CheckSelfCopy(call, bucket, source, *metadata); !status) {
    return std::unexpected(std::move(status.error()));
  }
  auto attributes = RequestedAttributes(call, bucket);
  if (!attributes) return attributes;
  if (*metadata == Directive::kCopy) {
    Value redirect = attributes->headers["WebsiteRedirectLocation"];
    attributes->headers = source.object.attributes.headers;
    attributes->headers.Remove("WebsiteRedirectLocation");
    attributes->headers.SetIfPresent("WebsiteRedirectLocation", std::move(redirect));
  }
  if (*tagging == Directive::kCopy) attributes->tags = source.object.attributes.tags;
  return attributes;
}

// The segments as the copy holds them: shared, their keys under its own sealer.
AwsResult<std::vector<SegmentRow>> ShareSegments(Transaction& transaction, const KeySealer& from, const KeySealer& to,
                                                 std::vector<SegmentRow> segments) {
  for (SegmentRow& segment : segments) {
    const auto key = from.Open(segment.sealed_key, segment.content);
    if (!key) return std::unexpected(key.error());
    segment.sealed_key = to.Seal(*key, segment.content);
    ShareContent(transaction, segment.content);
  }
  return segments;
}

// Tags of contents whose bytes were not read: they tell contents apart, and nothing of them.
std::string OpaqueEtag(const Object& source, std::string_view range) {
  return codec::HexEncode(codec::Md5(fmt::format("{} {} {}", source.etag, source.id, range)));
}

// The keys of the source's contents: those that its bytes were read with, or opened now.
AwsResult<KeySealer> SourceKeys(S3Service& service, const Call& call, Transaction& transaction,
                                const SourceObject& source, CopyBytes* read) {
  if (read != nullptr) return std::move(read->keys);
  return OpenSealer(service, call, transaction, source.bucket, source.object.key, source.object.attributes.encryption,
                    "CopySourceSSECustomer");
}

// Sets the copy's etag, parts and checksum.
void SetDigests(const DigestPlan& plan, const Object& source, const CopyBytes* read, Object& copy) {
  const ObjectEncryption& encryption = copy.attributes.encryption;
  const bool is_plain = encryption.kind == SseKind::kS3;
  copy.attributes.checksum_algorithm = plan.algorithm->name;
  copy.attributes.checksum_type = kFullObject;
  if (read != nullptr) {
    copy.checksum = read->checksum;
    copy.etag = is_plain ? codec::HexEncode(read->md5) : OpaqueEtag(source, encryption.data_key);
    return;
  }
  if (plan.origin == DigestOrigin::kKept) copy.attributes.checksum_type = source.attributes.checksum_type;
  copy.checksum = source.checksum;
  copy.parts = source.parts;
  const bool tells_content = source.parts == 0 && source.attributes.encryption.kind == SseKind::kS3;
  copy.etag = tells_content && !is_plain ? OpaqueEtag(source, encryption.data_key) : source.etag;
}

}  // namespace

AwsResult<Reply> CopyObject(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  store::Connection& state = transaction.connection();
  const auto source = FindSourceObject(call, state);
  if (!source) return std::unexpected(source.error());
  if (source->object.size > kMaxPutBytes) return SourceTooLarge();
  auto attributes = CopyAttributes(call, bucket, *source);
  if (!attributes) return std::unexpected(std::move(attributes.error()));
  if (AwsStatus status = CheckWriteConditions(call, state, bucket); !status) {
    return std::unexpected(std::move(status.error()));
  }
  const auto plan = PlanObjectCopy(call, source->object);
  if (!plan) return std::unexpected(plan.error());
  const auto read = TakeCopyBytes(call, *plan, source->object, {.offset = 0, .length = source->object.size});
  if (!read) return std::unexpected(read.error());
  const auto from = SourceKeys(service, call, transaction, *source, read->get());
  if (!from) return std::unexpected(from.error());
  Object copy{.key = std::string(call.input["Key"].Text()),
              .modified = WholeSeconds(call.now),
              .size = source->object.size,
              .attributes = std::move(*attributes)};
  ObjectEncryption& encryption = copy.attributes.encryption;
  const auto to = NewSealer(service, call, transaction, bucket, copy.key, encryption);
  if (!to) return std::unexpected(to.error());
  SetDigests(*plan, source->object, read->get(), copy);
  const auto shared = ShareSegments(transaction, *from, *to, LoadSegments(state, source->object.id));
  if (!shared) return std::unexpected(shared.error());
  InsertVersion(transaction, service.objects(), service.environment().random, bucket, copy, *shared);

  Value result = Value::Object({{"ETag", QuotedEtag(copy.etag)}, {"LastModified", copy.modified}});
  result.Set("ChecksumType", copy.attributes.checksum_type);
  DescribeChecksum(result, copy.FullChecksum());
  Reply reply{.output = Value::Object({{"CopyObjectResult", std::move(result)}})};
  if (source->bucket.versioning != Versioning::kNever) {
    reply.output.Set("CopySourceVersionId", source->object.version_id);
  }
  DescribeEncryption(reply.output, encryption);
  DescribeVersion(reply.output, bucket, copy);
  reply.additional_event_data = EventData(encryption, 0);
  return reply;
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
AwsResult<Reply> UploadPartCopy(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  store::Connection& state = transaction.connection();
  const auto number = PartNumber(call);
  if (!number) return std::unexpected(number.error());
  const auto upload = FindUpload(call, state, bucket);
  if (!upload) return std::unexpected(upload.error());
  const auto source = FindSourceObject(call, state);
  if (!source) return std::unexpected(source.error());
  const auto range = PartRange(call, source->object);
  if (!range) return std::unexpected(range.error());
  const ObjectEncryption& encryption = upload->attributes.encryption;
  if (AwsStatus status = CheckCustomerKey(call, encryption); !status) return std::unexpected(status.error());
  const auto read = TakeCopyBytes(call, PlanPartCopy(*upload, source->object, *range), source->object, *range);
  if (!read) return std::unexpected(read.error());
  const auto from = SourceKeys(service, call, transaction, *source, read->get());
  if (!from) return std::unexpected(from.error());
  const auto to = OpenSealer(service, call, transaction, bucket, upload->key, encryption);
  if (!to) return std::unexpected(to.error());
  Part part{.number = *number,
            .etag = source->object.etag,
            .modified = WholeSeconds(call.now),
            .size = range->length,
            .checksum = source->object.checksum};
  if (*read != nullptr) {
    part.checksum = (*read)->checksum;
    part.etag = encryption.kind == SseKind::kS3
                    ? codec::HexEncode((*read)->md5)
                    : OpaqueEtag(source->object, fmt::format("{} {}", upload->upload_id, part.number));
  }
  const auto segments = CutSegments(LoadSegments(state, source->object.id), range->offset, range->length);
  const auto shared = ShareSegments(transaction, *from, *to, segments);
  if (!shared) return std::unexpected(shared.error());
  PutPart(transaction, service.objects(), *upload, part, *shared);

  Value result = Value::Object({{"ETag", QuotedEtag(part.etag)}, {"LastModified", part.modified}});
  DescribeChecksum(result, {upload->attributes.checksum_algorithm, {}, part.checksum});
  Reply reply{.output = Value::Object({{"CopyPartResult", std::move(result)}})};
  if (source->bucket.versioning != Versioning::kNever) {
    reply.output.Set("CopySourceVersionId", source->object.version_id);
  }
  DescribeEncryption(reply.output, encryption);
  reply.additional_event_data = EventData(encryption, 0);
  return reply;
}

}  // namespace opentrail::services::s3
