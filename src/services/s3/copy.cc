#include "codec/text.h"
#include "services/s3/attributes.h"
#include "services/s3/authorization.h"
#include "services/s3/byte_range.h"
#include "services/s3/conditions.h"
#include "services/s3/errors.h"
#include "services/s3/handlers.h"
#include "services/s3/multipart.h"
#include "services/s3/object_body.h"
#include "services/s3/object_put.h"
#include "services/s3/tags.h"

// Copies move no bytes: the copy holds the same contents, and their keys are sealed anew for it. Bytes are read only
// for a digest that is not known yet. https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
namespace opentrail::services::s3 {
namespace {

// A digest that nobody asked for (an MD5 for the ETag) is worth reading so much, on the thread that all calls wait for.
constexpr uint64_t kMaxDigestedBytes = 64 * 1024 * 1024;
constexpr size_t kReadBytes = 256 * 1024;

struct Source {
  Bucket bucket;
  Object object;
};

AwsResult<Source> FindSource(const Call& call, store::Connection& state) {
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
  return Source{std::move(*bucket), std::move(*object)};
}

std::unexpected<AwsError> SourceTooLarge() {
  return InvalidRequest(fmt::format(
      "The specified copy source is larger than the maximum allowable size for a copy source: {}", kMaxPutBytes));
}

enum class Directive : uint8_t { kCopy, kReplace };
AwsResult<Directive> ParseDirective(const Value& text, std::string_view what) {
  if (text.Text("COPY") == "COPY") return Directive::kCopy;
  if (text.Text() == "REPLACE") return Directive::kReplace;
  return InvalidArgument(fmt::format("Unknown {} directive.", what), fmt::format("x-amz-{}-directive", what),
                         text.Text());
}

AwsStatus CheckSelfCopy(const Call& call, const Bucket& bucket, const Source& source, Directive metadata) {
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
AwsResult<ObjectAttributes> CopyAttributes(const Call& call, const Bucket& bucket, const Source& source) {
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

struct Digests {
  std::string md5;       // raw
  std::string checksum;  // base64
};
AwsResult<Digests> ReadDigests(http::BodySource& source, const ChecksumAlgorithm& algorithm) {
  codec::Digest md5(codec::DigestAlgorithm::kMd5), checksum(algorithm.digest);
  std::string buffer(kReadBytes, '\0');
  for (;;) {
    const int64_t count = source.Read(buffer.data(), buffer.size());
    if (count < 0) return InternalError();
    if (count == 0) break;
    const std::string_view piece(buffer.data(), static_cast<size_t>(count));
    md5.Update(piece);
    checksum.Update(piece);
  }
  return Digests{md5.Finish(), codec::Base64Encode(checksum.Finish())};
}

// Tags of contents whose bytes were not read: they tell contents apart, and nothing of them.
std::string OpaqueEtag(const Object& source, std::string_view range) {
  return codec::HexEncode(codec::Md5(fmt::format("{} {} {}", source.etag, source.id, range)));
}

// The algorithm that a copy's checksum is to have. nullptr: one that we lack.
const ChecksumAlgorithm* WantedChecksum(const Call& call, const Object& source) {
  const Value& asked = call.input["ChecksumAlgorithm"];
  return FindChecksum(asked.IsString() ? asked.Text() : std::string_view(source.attributes.checksum_algorithm));
}

// Sets the copy's etag, parts and checksum: the source's where they hold, else from its bytes.
AwsStatus DigestCopy(S3Service& service, const Call& call, Transaction& transaction, const Source& source,
                     const KeySealer& sealer, const std::vector<SegmentRow>& segments, Object& copy) {
  const Object& original = source.object;
  const SseKind kind = copy.attributes.encryption.kind;
  const ChecksumAlgorithm* algorithm = WantedChecksum(call, original);
  if (algorithm == nullptr) return InvalidRequest("Checksum algorithm provided is unsupported.");
  const bool knows_checksum =
      original.attributes.checksum_algorithm == algorithm->name && original.attributes.checksum_type == kFullObject;
  const bool knows_md5 = original.parts == 0 && original.attributes.encryption.kind == SseKind::kS3;
  copy.attributes.checksum_algorithm = algorithm->name;
  copy.attributes.checksum_type = kFullObject;
  copy.checksum = original.checksum;
  copy.etag =
      knows_md5 && kind != SseKind::kS3 ? OpaqueEtag(original, copy.attributes.encryption.data_key) : original.etag;
  copy.parts = original.parts;
  const bool asked = call.input["ChecksumAlgorithm"].IsString() && !knows_checksum;
  if (knows_md5 && knows_checksum) return {};
  if (original.size > kMaxDigestedBytes && !asked) {
    copy.attributes.checksum_type = original.attributes.checksum_type;
    return {};
  }
  auto bytes = OpenSegments(service.objects(), transaction.connection(), sealer, segments);
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  const auto digests = ReadDigests(**bytes, *algorithm);
  if (!digests) return std::unexpected(digests.error());
  copy.parts = 0;
  copy.checksum = digests->checksum;
  copy.etag =
      kind == SseKind::kS3 ? codec::HexEncode(digests->md5) : OpaqueEtag(original, copy.attributes.encryption.data_key);
  return {};
}

// The part of the source that a part copy takes.
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

// A part's etag and checksum: read where the upload needs the checksum, or where it is little.
AwsStatus DigestPart(S3Service& service, Transaction& transaction, const Upload& upload, const Object& source,
                     const KeySealer& sealer, const std::vector<SegmentRow>& segments, Part& part) {
  const ChecksumAlgorithm* algorithm = FindChecksum(upload.attributes.checksum_algorithm);
  if (algorithm == nullptr) algorithm = &DefaultChecksum();
  const bool whole = part.size == source.size && source.parts == 0;
  const bool knows_checksum = whole && source.attributes.checksum_algorithm == algorithm->name;
  const bool knows_md5 = whole && source.attributes.encryption.kind == SseKind::kS3;
  const bool is_plain = upload.attributes.encryption.kind == SseKind::kS3;
  if (knows_checksum && knows_md5 && is_plain) {
    part.checksum = source.checksum;
    part.etag = source.etag;
    return {};
  }
  auto bytes = OpenSegments(service.objects(), transaction.connection(), sealer, segments);
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  const auto digests = ReadDigests(**bytes, *algorithm);
  if (!digests) return std::unexpected(digests.error());
  part.checksum = digests->checksum;
  part.etag = is_plain ? codec::HexEncode(digests->md5)
                       : OpaqueEtag(source, fmt::format("{} {}", upload.upload_id, part.number));
  return {};
}

}  // namespace

AwsResult<Reply> CopyObject(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  store::Connection& state = transaction.connection();
  const auto source = FindSource(call, state);
  if (!source) return std::unexpected(source.error());
  if (source->object.size > kMaxPutBytes) return SourceTooLarge();
  auto attributes = CopyAttributes(call, bucket, *source);
  if (!attributes) return std::unexpected(std::move(attributes.error()));
  if (AwsStatus status = CheckWriteConditions(call, state, bucket); !status) {
    return std::unexpected(std::move(status.error()));
  }
  const auto from = OpenSealer(service, call, transaction, source->bucket, source->object.key,
                               source->object.attributes.encryption, "CopySourceSSECustomer");
  if (!from) return std::unexpected(from.error());
  Object copy{.key = std::string(call.input["Key"].Text()),
              .modified = WholeSeconds(call.now),
              .size = source->object.size,
              .attributes = std::move(*attributes)};
  ObjectEncryption& encryption = copy.attributes.encryption;
  const auto to = NewSealer(service, call, transaction, bucket, copy.key, encryption);
  if (!to) return std::unexpected(to.error());
  const std::vector<SegmentRow> segments = LoadSegments(state, source->object.id);
  if (AwsStatus status = DigestCopy(service, call, transaction, *source, *from, segments, copy); !status) {
    return std::unexpected(std::move(status.error()));
  }
  const auto shared = ShareSegments(transaction, *from, *to, segments);
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
  const auto source = FindSource(call, state);
  if (!source) return std::unexpected(source.error());
  const auto range = PartRange(call, source->object);
  if (!range) return std::unexpected(range.error());
  const ObjectEncryption& encryption = upload->attributes.encryption;
  if (AwsStatus status = CheckCustomerKey(call, encryption); !status) return std::unexpected(status.error());
  const auto from = OpenSealer(service, call, transaction, source->bucket, source->object.key,
                               source->object.attributes.encryption, "CopySourceSSECustomer");
  if (!from) return std::unexpected(from.error());
  const auto to = OpenSealer(service, call, transaction, bucket, upload->key, encryption);
  if (!to) return std::unexpected(to.error());
  const auto segments = CutSegments(LoadSegments(state, source->object.id), range->offset, range->length);
  Part part{.number = *number, .modified = WholeSeconds(call.now), .size = range->length};
  if (AwsStatus status = DigestPart(service, transaction, *upload, source->object, *from, segments, part); !status) {
    return std::unexpected(std::move(status.error()));
  }
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
