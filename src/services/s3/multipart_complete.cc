#include <map>

#include "codec/digest.h"
#include "codec/text.h"
#include "services/s3/conditions.h"
#include "services/s3/errors.h"
#include "services/s3/handlers.h"
#include "services/s3/multipart.h"
#include "services/s3/object_put.h"

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
namespace opentrail::services::s3 {
namespace {

constexpr uint64_t kMinPartBytes = 5 * 1024 * 1024;

// How the whole is summed up: as was asked for at the start, or S3's own way.
struct WholeChecksum {
  const ChecksumAlgorithm* algorithm;
  bool composite;
  bool by_default;
};
WholeChecksum ChecksumOf(const Upload& upload) {
  const ChecksumAlgorithm* algorithm = FindChecksum(upload.attributes.checksum_algorithm);
  if (algorithm == nullptr) return {&DefaultChecksum(), false, true};
  return {algorithm, upload.attributes.checksum_type == kComposite, false};
}

std::unexpected<AwsError> InvalidPart(const Upload& upload, int64_t number, std::string_view etag) {
  return Refusal("InvalidPart", 400,
                 "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
                 "specified entity tag may not match the part's entity tag.",
                 {{"UploadId", upload.upload_id}, {"PartNumber", std::to_string(number)}, {"ETag", std::string(etag)}});
}

AwsStatus CheckPart(const Upload& upload, const WholeChecksum& whole, const Value& asked, const Part& part) {
  const std::string_view etag = asked["ETag"].Text();
  if (!NamesEtag(etag, part.etag)) return InvalidPart(upload, part.number, etag);
  if (whole.by_default) return {};
  const Value& checksum = asked[whole.algorithm->member];
  if (!checksum.IsString()) {
    if (!whole.composite) return {};
    return InvalidRequest(
        fmt::format("The upload was created using a {} checksum. The complete request must include the checksum for "
                    "each part. It was missing for part {} in the request.",
                    LowerName(*whole.algorithm), part.number));
  }
  if (checksum.Text() != part.checksum) return InvalidPart(upload, part.number, etag);
  return {};
}

// The parts that the request lists, each checked against what was uploaded.
AwsResult<std::vector<Part>> ListedParts(const Call& call, store::Connection& state, const Upload& upload) {
  const auto& asked = call.input["MultipartUpload"]["Parts"].elements();
  if (asked.empty() || asked.size() > static_cast<size_t>(kMaxPartNumber)) return MalformedXml();
  const WholeChecksum whole = ChecksumOf(upload);
  std::map<int64_t, Part> uploaded;
  for (Part& part : LoadParts(state, upload, 0, kMaxPartNumber)) {
    const int64_t number = part.number;
    uploaded.emplace(number, std::move(part));
  }
  std::vector<Part> parts;
  for (const Value& each : asked) {
    const int64_t number = each["PartNumber"].Integer(0);
    const bool in_order = parts.empty()     ? (!whole.composite || number == 1)
                          : whole.composite ? number == parts.back().number + 1
                                            : number > parts.back().number;
    if (!in_order) {
      return Refusal("InvalidPartOrder", 400,
                     "The list of parts was not in ascending order. Parts must be ordered by part number.",
                     {{"UploadId", upload.upload_id}});
    }
    const auto found = uploaded.find(number);
    if (found == uploaded.end()) return InvalidPart(upload, number, each["ETag"].Text());
    if (AwsStatus status = CheckPart(upload, whole, each, found->second); !status) {
      return std::unexpected(std::move(status.error()));
    }
    parts.push_back(found->second);
  }
  return parts;
}

AwsStatus CheckSizes(const Call& call, const std::vector<Part>& parts, uint64_t total) {
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    if (parts[i].size >= kMinPartBytes) continue;
    return Refusal("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size",
                   {{"ETag", parts[i].etag},
                    {"MinSizeAllowed", std::to_string(kMinPartBytes)},
                    {"ProposedSize", std::to_string(parts[i].size)},
                    {"PartNumber", std::to_string(parts[i].number)}});
  }
  const auto expected = call.input["MpuObjectSize"].Integer();
  if (expected && static_cast<uint64_t>(*expected) != total) {
    return InvalidRequest(fmt::format(
        "The provided 'x-amz-mp-object-size' header value {} does not match what was computed: {}", *expected, total));
  }
  return {};
}

AwsStatus CheckWhole(const Call& call, const WholeChecksum& whole, std::string_view computed) {
  const Value& type = call.input["ChecksumType"];
  const std::string_view actual = whole.composite ? kComposite : kFullObject;
  if (type.IsString() && type.Text() != actual) {
    return InvalidRequest(
        fmt::format("The upload was created using the {} checksum mode. The complete request must use "
                    "the same checksum mode.",
                    actual));
  }
  const Value& expected = call.input[whole.algorithm->member];
  if (!expected.IsString() || expected.Text() == computed) return {};
  if (whole.composite && computed.substr(0, computed.rfind('-')) == expected.Text()) return {};
  return Refusal(
      "BadDigest", 400,
      fmt::format("The {} you specified did not match the calculated checksum.", LowerName(*whole.algorithm)));
}

// The tag of a multipart object: the digest of its parts' digests, and how many there are.
std::string EtagOfParts(const std::vector<Part>& parts) {
  codec::Digest digest(codec::DigestAlgorithm::kMd5);
  for (const Part& part : parts) digest.Update(codec::HexDecode(part.etag).value_or(""));
  return fmt::format("{}-{}", codec::HexEncode(digest.Finish()), parts.size());
}

std::string ChecksumOfParts(const WholeChecksum& whole, const std::vector<Part>& parts) {
  std::vector<PartChecksum> checksums;
  for (const Part& part : parts) checksums.push_back({part.checksum, part.size});
  return whole.composite ? CompositeChecksum(*whole.algorithm, checksums) : FullChecksum(*whole.algorithm, checksums);
}

// No byte moves: the parts' segments become the object's.
std::vector<SegmentRow> TakeSegments(store::Connection& state, const Upload& upload, const std::vector<Part>& parts) {
  std::vector<SegmentRow> segments;
  int64_t place = 0;
  for (const Part& part : parts) {
    ++place;
    for (SegmentRow& segment : LoadPartSegments(state, upload, part.number)) {
      segment.part = place;
      segment.checksum = part.checksum;
      segments.push_back(std::move(segment));
    }
    DetachPart(state, upload, part.number);
  }
  return segments;
}

}  // namespace

AwsResult<Reply> CompleteMultipartUpload(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  store::Connection& state = transaction.connection();
  auto upload = FindUpload(call, state, bucket);
  if (!upload) return std::unexpected(upload.error());
  const auto parts = ListedParts(call, state, *upload);
  if (!parts) return std::unexpected(parts.error());
  const WholeChecksum whole = ChecksumOf(*upload);
  uint64_t total = 0;
  for (const Part& part : *parts) total += part.size;
  const std::string checksum = ChecksumOfParts(whole, *parts);
  AwsStatus status = CheckSizes(call, *parts, total);
  if (status) status = CheckWhole(call, whole, checksum);
  if (status) status = CheckWriteConditions(call, state, bucket);
  if (!status) return std::unexpected(std::move(status.error()));

  Object object{.key = upload->key,
                .modified = upload->initiated,
                .etag = EtagOfParts(*parts),
                .size = total,
                .parts = static_cast<int64_t>(parts->size()),
                .checksum = checksum,
                .attributes = upload->attributes};
  object.attributes.checksum_algorithm = whole.algorithm->name;
  object.attributes.checksum_type = whole.composite ? kComposite : kFullObject;
  const std::vector<SegmentRow> segments = TakeSegments(state, *upload, *parts);
  InsertVersion(transaction, service.objects(), service.environment().random, bucket, object, segments);
  RemoveUpload(transaction, service.objects(), *upload);

  const std::string location = fmt::format("{}://{}.s3.{}.amazonaws.com/{}", call.secure_transport ? "https" : "http",
                                           bucket.name, bucket.region, codec::UriEncode(object.key));
  Reply reply{
      .output = Value::Object(
          {{"Location", location}, {"Bucket", bucket.name}, {"Key", object.key}, {"ETag", QuotedEtag(object.etag)}})};
  DescribeChecksum(reply.output, object.FullChecksum());
  reply.output.Set("ChecksumType", object.attributes.checksum_type);
  DescribeEncryption(reply.output, object.attributes.encryption);
  DescribeVersion(reply.output, bucket, object);
  reply.additional_event_data = EventData(object.attributes.encryption, 0);
  return reply;
}

}  // namespace opentrail::services::s3
