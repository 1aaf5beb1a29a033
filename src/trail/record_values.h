#pragma once

#include <string>
#include <string_view>

#include "codec/value.h"
#include "protocol/model.h"
#include "trail/record.h"
#include "trail/record_writer.h"

// The pieces that BuildRecord puts together: a file each. Pure; thread-safe.
namespace opentrail::trail {

// userIdentity, by the kind of principal.
void WriteUserIdentity(RecordWriter& writer, const iam::Principal& principal, std::string_view invoked_by);

// requestParameters and responseElements of every service but EC2 and S3: the model's members with a lower first
// letter, without what is secret. Null where nothing is left.
[[nodiscard]] Value PlainParameters(const CallFacts& facts);
[[nodiscard]] Value PlainResponse(const CallFacts& facts);

// EC2's: XML names, {"items": [...]}, containers that are always there.
[[nodiscard]] Value Ec2Parameters(const CallFacts& facts);
[[nodiscard]] Value Ec2Response(const CallFacts& facts);

// S3's: bucketName, Host, key, query parameters and x-amz- headers as they were sent.
[[nodiscard]] Value S3Parameters(const CallFacts& facts);
[[nodiscard]] Value S3Response(const CallFacts& facts);
// eventName: of S3 and S3 Control, not always the operation's name.
[[nodiscard]] std::string_view S3EventName(std::string_view service_id, std::string_view operation);
[[nodiscard]] bool IsS3DataEvent(std::string_view operation);

// "GroupId" -> "groupId".
[[nodiscard]] std::string LowerFirst(std::string_view name);
// "Nov 23, 2026 8:41:02 AM" (IAM) or with a comma behind the year (all others).
enum class YearComma : uint8_t { kNo, kYes };
[[nodiscard]] std::string RecordDate(Time time, YearComma comma);

}  // namespace opentrail::trail
