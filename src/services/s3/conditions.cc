#include "services/s3/conditions.h"

#include "codec/timestamp.h"
#include "services/s3/errors.h"

namespace opentrail::services::s3 {
namespace {

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string_view Unquoted(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') tag = tag.substr(1, tag.size() - 2);
  return tag;
}

// What a request says of the state that it expects, by the members of that prefix.
struct Conditions {
  const Value& match;
  const Value& none_match;
  std::optional<Time> modified_since;
  std::optional<Time> unmodified_since;
};

Conditions ConditionsOf(const Call& call, std::string_view prefix) {
  const auto member = [&](std::string_view name) -> const Value& {
    return call.input[fmt::format("{}{}", prefix, name)];
  };
  return {member("IfMatch"), member("IfNoneMatch"), member("IfModifiedSince").Timestamp(),
          member("IfUnmodifiedSince").Timestamp()};
}

enum class Outcome : uint8_t { kHolds, kFails, kNotModified };
struct Judgement {
  Outcome outcome = Outcome::kHolds;
  std::string_view by;
};

// The tags outweigh the dates (RFC 9110 section 13.2.2).
Judgement Judge(const Conditions& conditions, const Object& object) {
  if (conditions.match.IsString()) {
    if (!NamesEtag(conditions.match.Text(), object.etag)) return {Outcome::kFails, "If-Match"};
  } else if (conditions.unmodified_since && object.modified > *conditions.unmodified_since) {
    return {Outcome::kFails, "If-Unmodified-Since"};
  }
  if (conditions.none_match.IsString()) {
    if (NamesEtag(conditions.none_match.Text(), object.etag)) return {Outcome::kNotModified, "If-None-Match"};
  } else if (conditions.modified_since && object.modified <= *conditions.modified_since) {
    return {Outcome::kNotModified, "If-Modified-Since"};
  }
  return {};
}

}  // namespace

bool NamesEtag(std::string_view field, std::string_view etag) {
  while (!field.empty()) {
    const size_t comma = field.find(',');
    const std::string_view tag = Unquoted(Trimmed(field.substr(0, comma)));
    if (tag == "*" || tag == etag) return true;
    if (comma == std::string_view::npos) break;
    field.remove_prefix(comma + 1);
  }
  return false;
}

AwsStatus CheckReadConditions(const Call& call, const Object& object) {
  const Judgement judgement = Judge(ConditionsOf(call, ""), object);
  if (judgement.outcome == Outcome::kHolds) return {};
  if (judgement.outcome == Outcome::kFails) return PreconditionFailed(judgement.by);
  auto error = Refusal("NotModified", 304, "Not Modified");
  error.error().fields = {{"ETag", QuotedEtag(object.etag)}, {"Last-Modified", codec::FormatHttpDate(object.modified)}};
  if (object.version_id != kNullVersion) error.error().fields.emplace_back("x-amz-version-id", object.version_id);
  return error;
}

AwsStatus CheckSourceConditions(const Call& call, const Object& object) {
  const Judgement judgement = Judge(ConditionsOf(call, "CopySource"), object);
  if (judgement.outcome == Outcome::kHolds) return {};
  return PreconditionFailed(fmt::format("x-amz-copy-source-{}", judgement.by));
}

AwsStatus CheckWriteConditions(const Call& call, store::Connection& state, const Bucket& bucket) {
  const Value& match = call.input["IfMatch"];
  const Value& none_match = call.input["IfNoneMatch"];
  if (!match.IsString() && !none_match.IsString()) return {};
  if (none_match.IsString() && none_match.Text() != "*") return NotImplementedHeader("If-None-Match");
  if (none_match.IsString() && match.IsString()) return NotImplementedHeader("If-Match");
  const std::string_view key = call.input["Key"].Text();
  const auto current = LoadLatest(state, bucket.id, key);
  const bool exists = current && !current->delete_marker;
  if (none_match.IsString()) return exists ? AwsStatus(PreconditionFailed("If-None-Match")) : AwsStatus();
  if (!exists) return NoSuchKey(key);
  if (!NamesEtag(match.Text(), current->etag)) return PreconditionFailed("If-Match");
  return {};
}

}  // namespace opentrail::services::s3
