#include "services/s3/object_put.h"

#include "codec/digest.h"
#include "codec/text.h"
#include "services/s3/attributes.h"
#include "services/s3/conditions.h"
#include "services/s3/errors.h"
#include "services/s3/handlers.h"

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
namespace opentrail::services::s3 {
AwsResult<std::unique_ptr<BodySink>> BeginBody(Service& service, const Call& call) {
  auto& s3 = static_cast<S3Service&>(service);
  if (call.head == nullptr) return s3.NewBody();
  auto claims = BodyClaims::Parse(*call.head);
  if (!claims) return std::unexpected(std::move(claims.error()));
  return ObjectBody::Begin(s3.objects(), s3.environment().random, std::move(*claims));
}

AwsResult<ObjectBody*> TakeBody(S3Service& service, Call& call) {
  if (call.body == nullptr) {
    auto empty = service.NewBody();
    if (!empty) return std::unexpected(std::move(empty.error()));
    call.body = std::move(*empty);
    if (AwsStatus status = call.body->Finish({}); !status) return std::unexpected(std::move(status.error()));
  }
  auto* body = dynamic_cast<ObjectBody*>(call.body.get());
  if (body == nullptr) return InternalError();
  return body;
}

std::string EtagOf(std::string_view md5, std::string_view content_key, SseKind kind) {
  if (kind == SseKind::kS3) return codec::HexEncode(md5);
  return codec::HexEncode(codec::HmacSha256(content_key, md5).substr(0, md5.size()));
}

SegmentRow AdoptBody(store::Transaction& transaction, ObjectBody& body, const KeySealer& sealer) {
  SegmentRow segment{.content_size = body.size(), .size = body.size()};
  segment.content = body.Adopt(transaction);
  segment.sealed_key = sealer.Seal(body.key(), segment.content);
  return segment;
}

void DescribeVersion(Value& output, const Bucket& bucket, const Object& object) {
  if (bucket.versioning != Versioning::kNever) output.Set("VersionId", object.version_id);
}

Value EventData(const ObjectEncryption& encryption, uint64_t bytes_in) {
  return Value::Object({{"bytesTransferredIn", bytes_in}, {"SSEApplied", SseApplied(encryption)}});
}

AwsResult<Reply> PutObject(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  auto attributes = RequestedAttributes(call, bucket);
  if (!attributes) return std::unexpected(std::move(attributes.error()));
  if (AwsStatus status = CheckWriteConditions(call, transaction.connection(), bucket); !status) {
    return std::unexpected(std::move(status.error()));
  }
  const auto body = TakeBody(service, call);
  if (!body) return std::unexpected(body.error());
  Object object{.key = std::string(call.input["Key"].Text()),
                .modified = WholeSeconds(call.now),
                .size = (*body)->size(),
                .checksum = (*body)->checksum(),
                .attributes = std::move(*attributes)};
  ObjectEncryption& encryption = object.attributes.encryption;
  object.attributes.checksum_algorithm = (*body)->algorithm().name;
  object.attributes.checksum_type = kFullObject;
  object.etag = EtagOf((*body)->md5(), (*body)->key(), encryption.kind);
  const auto sealer = NewSealer(service, call, transaction, bucket, object.key, encryption);
  if (!sealer) return std::unexpected(sealer.error());
  const SegmentRow segment = AdoptBody(transaction, **body, *sealer);
  InsertVersion(transaction, service.objects(), service.environment().random, bucket, object, {segment});

  Reply reply;
  reply.output.Set("ETag", QuotedEtag(object.etag));
  DescribeChecksum(reply.output, object.FullChecksum());
  reply.output.Set("ChecksumType", kFullObject);
  DescribeEncryption(reply.output, encryption);
  if (!encryption.context.empty()) {
    reply.output.Set("SSEKMSEncryptionContext", codec::Base64Encode(encryption.context));
  }
  DescribeVersion(reply.output, bucket, object);
  reply.additional_event_data = EventData(encryption, object.size);
  return reply;
}

}  // namespace opentrail::services::s3
