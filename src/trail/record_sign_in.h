#pragma once

#include <string_view>

#include "base/clock.h"
#include "codec/value.h"
#include "http/message.h"
#include "iam/principal.h"
#include "trail/record.h"

namespace opentrail::trail {

enum class SignInOutcome : uint8_t { kSuccess, kFailure };

// What is known of a step of signing in to the console. Views live during BuildSignInRecord.
struct SignInFacts {
  std::string_view name;        // "ConsoleLogin", "CheckMfa", "PasswordUpdated": eventName and the key of the response
  std::string_view account_id;  // recorded for
  std::string_view region;
  std::string_view event_id;  // UUID
  Time completed;
  const iam::Principal* principal = nullptr;  // never null; without a principal_id where the user is not known
  const http::RequestHead* head = nullptr;    // never null
  SignInOutcome outcome = SignInOutcome::kSuccess;
  std::string_view error_message;  // of a failure: "Failed authentication"
  Value additional_event_data;     // object
};

// The record of a sign-in event: eventType AwsConsoleSignIn, no requestID, no errorCode. A user name that is not
// known is never told (it may be a password, typed into the wrong field). Pure; thread-safe.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
[[nodiscard]] Record BuildSignInRecord(const SignInFacts& facts);

}  // namespace opentrail::trail
