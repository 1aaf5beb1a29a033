#include <algorithm>

#include "services/s3/byte_range.h"
#include "services/s3/conditions.h"
#include "services/s3/errors.h"
#include "services/s3/handlers.h"
#include "services/s3/object_put.h"
#include "services/s3/tags.h"

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
namespace opentrail::services::s3 {
namespace {

constexpr int64_t kMaxAttributeParts = 1000;

// Query parameters that replace a header of the answer.
struct Override {
  std::string_view parameter, header;
};
constexpr Override kOverrides[] = {
    {"ResponseCacheControl", "CacheControl"},       {"ResponseContentDisposition", "ContentDisposition"},
    {"ResponseContentEncoding", "ContentEncoding"}, {"ResponseContentLanguage", "ContentLanguage"},
    {"ResponseContentType", "ContentType"},         {"ResponseExpires", "Expires"},
};

// What is asked for of an object's bytes.
struct Selection {
  ByteRange range;
  bool partial = false;
  int64_t part = 0;           // 0: none was asked for
  std::string part_checksum;  // of that part, where it is kept
};

AwsResult<Selection> SelectPart(store::Connection& state, const Object& object, int64_t number) {
  const int64_t parts = std::max<int64_t>(object.parts, 1);
  if (number < 1 || number > parts) {
    return Refusal("InvalidPartNumber", 416, "The requested partnumber is not satisfiable",
                   {{"ActualPartCount", std::to_string(parts)}, {"PartNumberRequested", std::to_string(number)}});
  }
  if (object.parts == 0) return Selection{.range = {0, object.size}, .partial = object.size > 0, .part = number};
  Selection selection{.partial = true, .part = number};
  for (const SegmentRow& segment : LoadSegments(state, object.id)) {
    if (segment.part < number) selection.range.offset += segment.size;
    if (segment.part != number) continue;
    selection.range.length += segment.size;
    selection.part_checksum = segment.checksum;
  }
  return selection;
}

AwsResult<Selection> Select(const Call& call, store::Connection& state, const Object& object) {
  const auto part = call.input["PartNumber"].Integer();
  const Value& range = call.input["Range"];
  if (part) {
    if (range.IsString()) return InvalidRequest("Cannot specify both Range header and partNumber query parameter");
    return SelectPart(state, object, *part);
  }
  Selection selection{.range = {0, object.size}};
  if (!range.IsString()) return selection;
  const auto parsed = ParseRange(range.Text(), object.size);
  if (!parsed) return std::unexpected(parsed.error());
  if (*parsed) selection = {.range = **parsed, .partial = true};
  return selection;
}

AwsStatus ApplyOverrides(const Call& call, Value& output) {
  for (const auto& [parameter, header] : kOverrides) {
    const Value& value = call.input[parameter];
    if (value.IsNull()) continue;
    if (call.principal.type == opentrail::iam::PrincipalType::kAnonymous) {
      return InvalidRequest("Request specific response headers cannot be used for anonymous GET requests.");
    }
    output.Set(header, value);
  }
  return {};
}

// The checksum covers the whole: a range has none, a part its own.
void DescribeSelectedChecksum(Value& output, const Object& object, const Selection& selection) {
  Checksum checksum = object.FullChecksum();
  const bool whole = selection.range.length == object.size;
  if (!whole) checksum.value = selection.part_checksum;
  if (checksum.value.empty()) return;
  DescribeChecksum(output, checksum);
  output.Set("ChecksumType", checksum.type);
}

// The headers of GetObject's and HeadObject's answer.
AwsResult<Value> DescribeObject(const Call& call, const Bucket& bucket, const Object& object,
                                const Selection& selection) {
  Value output = Value::Object({{"AcceptRanges", "bytes"},
                                {"LastModified", object.modified},
                                {"ContentLength", selection.range.length},
                                {"ETag", QuotedEtag(object.etag)}});
  for (const auto& [name, value] : object.attributes.headers.members()) output.Set(name, value);
  if (AwsStatus status = ApplyOverrides(call, output); !status) return std::unexpected(std::move(status.error()));
  if (call.input["ChecksumMode"].Text() == "ENABLED") DescribeSelectedChecksum(output, object, selection);
  if (selection.partial) {
    const uint64_t last = selection.range.offset + selection.range.length - 1;
    output.Set("ContentRange", fmt::format("bytes {}-{}/{}", selection.range.offset, last, object.size));
  }
  if (selection.part != 0 && object.parts > 0) output.Set("PartsCount", object.parts);
  if (object.attributes.storage_class != "STANDARD") output.Set("StorageClass", object.attributes.storage_class);
  if (const auto& tags = object.attributes.tags; !tags.empty()) {
    output.Set("TagCount", ReadTagSet(tags).elements().size());
  }
  DescribeEncryption(output, object.attributes.encryption);
  DescribeVersion(output, bucket, object);
  return output;
}

// The object that is asked for, once the request's conditions hold on it.
AwsResult<Object> FindReadable(const Call& call, store::Connection& state, const Bucket& bucket) {
  auto object = FindObject(state, bucket, call.input["Key"].Text(), call.input["VersionId"]);
  if (!object) return object;
  AwsStatus status = CheckCustomerKey(call, object->attributes.encryption);
  if (status) status = CheckReadConditions(call, *object);
  if (!status) return std::unexpected(std::move(status.error()));
  return object;
}

Value PartList(const std::vector<SegmentRow>& segments, const Object& object, int64_t marker, int64_t max) {
  Value parts = Value::List();
  int64_t last = marker;
  bool truncated = false;
  for (size_t i = 0; i < segments.size() && !truncated;) {
    const SegmentRow& first = segments[i];
    uint64_t size = 0;
    for (; i < segments.size() && segments[i].part == first.part; ++i) size += segments[i].size;
    if (first.part <= marker) continue;
    truncated = static_cast<int64_t>(parts.elements().size()) == max;
    if (truncated) break;
    Value part = Value::Object({{"PartNumber", first.part}, {"Size", size}});
    DescribeChecksum(part, {object.attributes.checksum_algorithm, object.attributes.checksum_type, first.checksum});
    parts.Append(std::move(part));
    last = first.part;
  }
  return Value::Object({{"TotalPartsCount", object.parts},
                        {"PartNumberMarker", marker},
                        {"NextPartNumberMarker", last},
                        {"MaxParts", max},
                        {"IsTruncated", truncated},
                        {"Parts", std::move(parts)}});
}

}  // namespace

AwsResult<Reply> GetObject(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  store::Connection& state = transaction.connection();
  const auto object = FindReadable(call, state, bucket);
  if (!object) return std::unexpected(object.error());
  const auto selection = Select(call, state, *object);
  if (!selection) return std::unexpected(selection.error());
  auto output = DescribeObject(call, bucket, *object, *selection);
  if (!output) return std::unexpected(std::move(output.error()));
  const auto sealer = OpenSealer(service, call, transaction, bucket, object->key, object->attributes.encryption);
  if (!sealer) return std::unexpected(sealer.error());
  auto body =
      OpenSegments(service.objects(), state, *sealer,
                   CutSegments(LoadSegments(state, object->id), selection->range.offset, selection->range.length));
  if (!body) return std::unexpected(std::move(body.error()));
  return Reply{.output = std::move(*output),
               .body = std::move(*body),
               .http_status = selection->partial ? 206 : 0,
               .additional_event_data = EventData(object->attributes.encryption, 0)};
}

AwsResult<Reply> HeadObject(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  store::Connection& state = transaction.connection();
  const auto object = FindReadable(call, state, bucket);
  if (!object) return std::unexpected(object.error());
  const auto selection = Select(call, state, *object);
  if (!selection) return std::unexpected(selection.error());
  auto output = DescribeObject(call, bucket, *object, *selection);
  if (!output) return std::unexpected(std::move(output.error()));
  // A checksum tells of the content: it is given to those who might decrypt it.
  const ObjectEncryption& encryption = object->attributes.encryption;
  if (encryption.kind == SseKind::kKms && call.input["ChecksumMode"].Text() == "ENABLED") {
    const auto sealer = OpenSealer(service, call, transaction, bucket, object->key, encryption);
    if (!sealer) return std::unexpected(sealer.error());
  }
  return Reply{.output = std::move(*output),
               .http_status = selection->partial ? 206 : 0,
               .additional_event_data = EventData(encryption, 0)};
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html
AwsResult<Reply> GetObjectAttributes(S3Service& /*service*/, Call& call, Transaction& transaction, Bucket& bucket) {
  store::Connection& state = transaction.connection();
  const auto object = FindObject(state, bucket, call.input["Key"].Text(), call.input["VersionId"]);
  if (!object) return std::unexpected(object.error());
  if (AwsStatus status = CheckCustomerKey(call, object->attributes.encryption); !status) {
    return std::unexpected(std::move(status.error()));
  }
  const auto& asked = call.input["ObjectAttributes"].elements();
  const auto wants = [&](std::string_view name) {
    return std::ranges::any_of(asked, [&](const Value& each) { return each.Text() == name; });
  };
  Reply reply{.output = Value::Object({{"LastModified", object->modified}})};
  DescribeVersion(reply.output, bucket, *object);
  if (wants("ETag")) reply.output.Set("ETag", object->etag);
  if (wants("Checksum") && !object->checksum.empty()) {
    Value checksum = Value::Object();
    DescribeChecksum(checksum, object->FullChecksum());
    checksum.Set("ChecksumType", object->attributes.checksum_type);
    reply.output.Set("Checksum", std::move(checksum));
  }
  if (wants("ObjectParts") && object->parts > 0) {
    const int64_t max = std::clamp<int64_t>(call.input["MaxParts"].Integer(kMaxAttributeParts), 0, kMaxAttributeParts);
    const int64_t marker = std::max<int64_t>(call.input["PartNumberMarker"].Integer(0), 0);
    reply.output.Set("ObjectParts", PartList(LoadSegments(state, object->id), *object, marker, max));
  }
  if (wants("StorageClass")) reply.output.Set("StorageClass", object->attributes.storage_class);
  if (wants("ObjectSize")) reply.output.Set("ObjectSize", object->size);
  return reply;
}

}  // namespace opentrail::services::s3
