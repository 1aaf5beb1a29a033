#include "trail/record.h"

#include <fmt/format.h>

#include "codec/timestamp.h"
#include "trail/record_values.h"
#include "trail/record_writer.h"

namespace opentrail::trail {
namespace {

using protocol::Protocol;

// A service that acts, for itself or for the caller, is what address and agent say.
std::string_view ActingService(const CallFacts& facts) {
  return !facts.invoked_by.empty() ? facts.invoked_by : std::string_view(facts.principal->service);
}

void WriteCaller(RecordWriter& writer, const CallFacts& facts) {
  if (facts.head == nullptr) {
    const std::string_view service = ActingService(facts);
    writer.Text("sourceIPAddress", service.empty() ? "AWS Internal" : service);
    writer.Text("userAgent", service.empty() ? "AWS Internal" : service);
    return;
  }
  writer.Text("sourceIPAddress", facts.head->peer.address);
  const std::string_view agent = facts.head->fields.Get("user-agent");
  const bool bracketed = facts.service->protocol == Protocol::kRestXml;
  writer.Text("userAgent", Truncate(bracketed ? fmt::format("[{}]", agent) : std::string(agent), kMaxTextBytes));
}

std::string RecordedErrorCode(const CallFacts& facts) {
  const std::string& code = facts.error->code;
  const protocol::ErrorShape* shape = facts.service->FindError(code);
  switch (facts.service->protocol) {
    case Protocol::kEc2: return (facts.error->http_status >= 500 ? "Server." : "Client.") + code;
    case Protocol::kQuery: return shape != nullptr ? std::string(shape->name) : code;
    case Protocol::kJson:
    case Protocol::kRestJson: return code == "AccessDeniedException" && shape == nullptr ? "AccessDenied" : code;
    case Protocol::kRestXml: break;
  }
  return code;
}

bool IsDenied(const CallFacts& facts) {
  return facts.error != nullptr &&
         (facts.error->code == "AccessDenied" || facts.error->code == "AccessDeniedException");
}

Value Parameters(const CallFacts& facts) {
  if (facts.input == nullptr || facts.operation == nullptr) return {};
  switch (facts.service->protocol) {
    case Protocol::kEc2: return Ec2Parameters(facts);
    case Protocol::kRestXml: return S3Parameters(facts);
    case Protocol::kQuery:
    case Protocol::kJson:
    case Protocol::kRestJson: break;
  }
  return PlainParameters(facts);
}

// Where a refused call's record says nothing of its parameters.
bool HidesParameters(const CallFacts& facts) {
  const Protocol protocol = facts.service->protocol;
  return protocol != Protocol::kEc2 && protocol != Protocol::kRestXml && IsDenied(facts);
}

// Read-only calls log no response, but for those that hand out credentials.
bool LogsResponse(const CallFacts& facts, bool read_only) {
  if (facts.output == nullptr || facts.operation == nullptr) return false;
  return !read_only || (facts.service->id == "sts" && facts.operation->name != "GetCallerIdentity" &&
                        facts.operation->name != "GetAccessKeyInfo");
}

Value Response(const CallFacts& facts, bool read_only) {
  if (!LogsResponse(facts, read_only)) return {};
  switch (facts.service->protocol) {
    case Protocol::kEc2: return Ec2Response(facts);
    case Protocol::kRestXml: return S3Response(facts);
    case Protocol::kQuery:
    case Protocol::kJson:
    case Protocol::kRestJson: break;
  }
  return PlainResponse(facts);
}

void WriteResources(RecordWriter& writer, const CallFacts& facts) {
  writer.BeginList("resources");
  for (const RecordResource& resource : facts.resources) {
    writer.BeginElement();
    if (!resource.account_id.empty()) writer.Text("accountId", resource.account_id);
    writer.Text("type", resource.type);
    writer.Text(resource.is_prefix ? "ARNPrefix" : "ARN", resource.arn);
    writer.End();
  }
  writer.EndList();
}

}  // namespace

RecordDraft DraftRecord(const CallFacts& facts) {
  const bool s3 = facts.service->protocol == Protocol::kRestXml;
  const std::string_view name = facts.operation != nullptr ? facts.operation->name : facts.name;
  RecordDraft draft;
  RecordWriter writer;
  writer.Plain("eventVersion", kEventVersion);
  WriteUserIdentity(writer, *facts.principal, facts.invoked_by);
  draft.caller_at = writer.size();
  writer.Plain("eventSource", facts.service->event_source);
  writer.Text("eventName", s3 ? S3EventName(facts.service->id, name) : name);
  writer.Text("awsRegion", facts.region);
  WriteCaller(writer, facts);
  draft.parameters_at = writer.size();
  writer.Bounded("requestParameters", Parameters(facts));
  draft.tls_at = writer.size();
  if (facts.head != nullptr && !facts.head->peer.tls_version.empty()) WriteTlsDetails(writer, *facts.head);
  draft.text = writer.Release();
  return draft;
}

Record BuildRecord(const CallFacts& facts, const RecordDraft& draft) {
  const bool s3 = facts.service->protocol == Protocol::kRestXml;
  const std::string_view name = facts.operation != nullptr ? facts.operation->name : facts.name;
  const std::string_view drafted = draft.text;
  Record record;
  record.management = !(s3 && IsS3DataEvent(name));
  record.read_only = facts.operation != nullptr && protocol::IsReadOnly(*facts.operation);
  RecordWriter writer;
  writer.Members(drafted.substr(0, draft.caller_at));
  writer.Plain("eventTime", codec::FormatIso8601(facts.completed));
  writer.Members(drafted.substr(draft.caller_at, draft.parameters_at - draft.caller_at));
  if (facts.error != nullptr) {
    writer.Text("errorCode", Truncate(RecordedErrorCode(facts), kMaxTextBytes));
    writer.Text("errorMessage", Truncate(facts.error->message, kMaxTextBytes));
  }
  if (HidesParameters(facts)) {
    writer.Json("requestParameters", Value());
  } else {
    writer.Members(drafted.substr(draft.parameters_at, draft.tls_at - draft.parameters_at));
  }
  writer.Bounded("responseElements", Response(facts, record.read_only));
  if (facts.additional_event_data != nullptr && facts.additional_event_data->IsObject()) {
    writer.Json("additionalEventData", *facts.additional_event_data);
  }
  writer.Plain("requestID", facts.request_id);
  writer.Plain("eventID", facts.event_id);
  writer.Boolean("readOnly", record.read_only);
  if (!facts.resources.empty()) WriteResources(writer, facts);
  writer.Plain("eventType", "AwsApiCall");
  writer.Boolean("managementEvent", record.management);
  writer.Plain("recipientAccountId", facts.account_id);
  if (!facts.shared_event_id.empty()) writer.Plain("sharedEventID", facts.shared_event_id);
  writer.Plain("eventCategory", record.management ? "Management" : "Data");
  writer.Members(drafted.substr(draft.tls_at));
  const auto& session = facts.principal->session;
  if (session && session->from_console && !s3) writer.Text("sessionCredentialFromConsole", "true");
  record.json = writer.Finish();
  return record;
}

}  // namespace opentrail::trail
