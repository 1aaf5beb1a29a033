#include "services/s3/multipart.h"

#include "codec/text.h"
#include "services/s3/attributes.h"
#include "services/s3/errors.h"
#include "services/s3/handlers.h"
#include "services/s3/object_put.h"

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html
namespace opentrail::services::s3 {
namespace {

constexpr std::string_view kUploadIdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";
constexpr size_t kUploadIdSize = 64;

// Which checksum the parts must carry, and what becomes of them in the end. "" where nothing was asked for.
AwsStatus ChooseChecksum(const Call& call, ObjectAttributes& attributes) {
  const Value& name = call.input["ChecksumAlgorithm"];
  const Value& type = call.input["ChecksumType"];
  if (!name.IsString()) {
    if (!type.IsString()) return {};
    return InvalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
  }
  const ChecksumAlgorithm* algorithm = FindChecksum(name.Text());
  if (algorithm == nullptr) {
    return InvalidRequest(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, "
        "CRC64NVME, SHA1, SHA256]");
  }
  const std::string_view chosen = type.Text(algorithm->may_be_composite ? kComposite : kFullObject);
  const bool possible = chosen == kComposite    ? algorithm->may_be_composite
                        : chosen == kFullObject ? algorithm->may_be_full
                                                : false;
  if (!possible) {
    return InvalidRequest(fmt::format("The {} checksum type cannot be used with the {} checksum algorithm.", chosen,
                                      LowerName(*algorithm)));
  }
  attributes.checksum_algorithm = algorithm->name;
  attributes.checksum_type = chosen;
  return {};
}

AwsStatus CheckPartChecksum(const Upload& upload, const ObjectBody& body) {
  const ChecksumAlgorithm* expected = FindChecksum(upload.attributes.checksum_algorithm);
  const ChecksumAlgorithm* actual = body.has_requested_checksum() ? &body.algorithm() : nullptr;
  if (expected == actual) return {};
  // What is not asked for is kept as S3's own default: it may as well be sent.
  if (expected == nullptr && &body.algorithm() == &DefaultChecksum()) return {};
  const auto name = [](const ChecksumAlgorithm* algorithm) {
    return algorithm != nullptr ? LowerName(*algorithm) : std::string("null");
  };
  return InvalidRequest(
      fmt::format("Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: "
                  "{}",
                  name(expected), name(actual)));
}

}  // namespace

std::string LowerName(const ChecksumAlgorithm& algorithm) {
  return std::string(algorithm.field.substr(std::string_view("x-amz-checksum-").size()));
}

AwsResult<int64_t> PartNumber(const Call& call) {
  const int64_t number = call.input["PartNumber"].Integer(0);
  if (number >= 1 && number <= kMaxPartNumber) return number;
  return InvalidArgument(fmt::format("Part number must be an integer between 1 and {}, inclusive", kMaxPartNumber),
                         "partNumber", std::to_string(number));
}

AwsResult<Reply> CreateMultipartUpload(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  auto attributes = RequestedAttributes(call, bucket);
  if (!attributes) return std::unexpected(std::move(attributes.error()));
  if (AwsStatus status = ChooseChecksum(call, *attributes); !status) return std::unexpected(std::move(status.error()));
  Upload upload{.upload_id = RandomText(service.environment().random, kUploadIdAlphabet, kUploadIdSize),
                .key = std::string(call.input["Key"].Text()),
                .initiated = WholeSeconds(call.now),
                .initiator = call.principal.arn,
                .attributes = std::move(*attributes)};
  ObjectEncryption& encryption = upload.attributes.encryption;
  // The data key of the whole object: each part's key is sealed with it.
  const auto sealer = NewSealer(service, call, transaction, bucket, upload.key, encryption);
  if (!sealer) return std::unexpected(sealer.error());
  InsertUpload(transaction.connection(), bucket, upload);
  Reply reply{.output = Value::Object({{"Bucket", bucket.name}, {"Key", upload.key}, {"UploadId", upload.upload_id}})};
  if (!upload.attributes.checksum_algorithm.empty()) {
    reply.output.Set("ChecksumAlgorithm", upload.attributes.checksum_algorithm);
    reply.output.Set("ChecksumType", upload.attributes.checksum_type);
  }
  DescribeEncryption(reply.output, encryption);
  reply.additional_event_data = EventData(encryption, 0);
  return reply;
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html
AwsResult<Reply> UploadPart(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  const auto number = PartNumber(call);
  if (!number) return std::unexpected(number.error());
  const auto upload = FindUpload(call, transaction.connection(), bucket);
  if (!upload) return std::unexpected(upload.error());
  const ObjectEncryption& encryption = upload->attributes.encryption;
  const auto body = TakeBody(service, call);
  if (!body) return std::unexpected(body.error());
  AwsStatus status = CheckPartChecksum(*upload, **body);
  if (status) status = CheckCustomerKey(call, encryption);
  if (!status) return std::unexpected(std::move(status.error()));
  const auto sealer = OpenSealer(service, call, transaction, bucket, upload->key, encryption);
  if (!sealer) return std::unexpected(sealer.error());
  const Part part{.number = *number,
                  .etag = EtagOf((*body)->md5(), (*body)->key(), encryption.kind),
                  .modified = WholeSeconds(call.now),
                  .size = (*body)->size(),
                  .checksum = (*body)->checksum()};
  const SegmentRow segment = AdoptBody(transaction, **body, *sealer);
  PutPart(transaction, service.objects(), *upload, part, {segment});
  Reply reply{.output = Value::Object({{"ETag", QuotedEtag(part.etag)}})};
  DescribeChecksum(reply.output, {upload->attributes.checksum_algorithm, {}, part.checksum});
  DescribeEncryption(reply.output, encryption);
  reply.additional_event_data = EventData(encryption, part.size);
  return reply;
}

AwsResult<Reply> AbortMultipartUpload(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  const auto upload = FindUpload(call, transaction.connection(), bucket);
  if (!upload) return std::unexpected(upload.error());
  RemoveUpload(transaction, service.objects(), *upload);
  return Reply{};
}

}  // namespace opentrail::services::s3
