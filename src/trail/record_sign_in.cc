#include "trail/record_sign_in.h"

#include "codec/timestamp.h"
#include "trail/record_values.h"
#include "trail/record_writer.h"

namespace opentrail::trail {
namespace {

// A failure tells who was meant, not who it was: no ARN for a user, an empty key.
void WriteIdentity(RecordWriter& writer, const SignInFacts& facts) {
  const iam::Principal& principal = *facts.principal;
  if (facts.outcome == SignInOutcome::kSuccess) return WriteUserIdentity(writer, principal, "");
  const bool is_known = !principal.principal_id.empty();
  writer.Begin("userIdentity");
  writer.Text("type", principal.IsRoot() ? "Root" : "IAMUser");
  if (is_known) writer.Text("principalId", principal.principal_id);
  if (principal.IsRoot()) writer.Text("arn", principal.arn);
  writer.Text("accountId", principal.account_id);
  writer.Text("accessKeyId", "");
  if (!is_known) {
    writer.Text("userName", "HIDDEN_DUE_TO_SECURITY_REASONS");
  } else if (!principal.user_name.empty()) {
    writer.Text("userName", principal.user_name);
  }
  writer.End();
}

}  // namespace

Record BuildSignInRecord(const SignInFacts& facts) {
  const bool success = facts.outcome == SignInOutcome::kSuccess;
  RecordWriter writer;
  writer.Text("eventVersion", kEventVersion);
  WriteIdentity(writer, facts);
  writer.Text("eventTime", codec::FormatIso8601(facts.completed));
  writer.Text("eventSource", "signin.amazonaws.com");
  writer.Text("eventName", facts.name);
  writer.Text("awsRegion", facts.region);
  writer.Text("sourceIPAddress", facts.head->peer.address);
  writer.Text("userAgent", Truncate(facts.head->fields.Get("user-agent"), kMaxTextBytes));
  if (!success) writer.Text("errorMessage", facts.error_message);
  writer.Json("requestParameters", Value());
  Value response = Value::Object();
  response.Set(facts.name, success ? "Success" : "Failure");
  writer.Json("responseElements", response);
  if (facts.additional_event_data.IsObject()) writer.Json("additionalEventData", facts.additional_event_data);
  writer.Text("eventID", facts.event_id);
  writer.Boolean("readOnly", false);
  writer.Text("eventType", "AwsConsoleSignIn");
  writer.Boolean("managementEvent", true);
  writer.Text("recipientAccountId", facts.account_id);
  writer.Text("eventCategory", "Management");
  if (!facts.head->peer.tls_version.empty()) WriteTlsDetails(writer, *facts.head);
  return {.json = writer.Finish(), .management = true, .read_only = false};
}

}  // namespace opentrail::trail
