#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "codec/value.h"
#include "lab/account_client.h"

namespace opentrail::lab {

// Who opened the web server's group to the whole world, as the account's own record has it: what the Challenge asks
// for.
struct Evidence {
  std::string user;
  std::string time;  // "2026-11-29T15:40:12Z"
  std::string address;
  enum class Method : uint8_t { kProgrammatic, kConsole } method = Method::kProgrammatic;
};

// The first such record of the event history; nullopt where there is none yet.
[[nodiscard]] AwsResult<std::optional<Evidence>> FindEvidence(AccountClient& account, std::string_view group_id);

// What one record says; nullopt where it opened no port 22 of the group to everybody, or was refused. Pure.
[[nodiscard]] std::optional<Evidence> EvidenceOf(const Value& record, std::string_view group_id);

// What the student found out, as it was typed; "" where nothing was.
struct Answers {
  std::string user, time, address, method;
};
// Pure. Case and blanks around do not count; a time may be written with or without T, Z and an offset, but to the
// second.
[[nodiscard]] bool IsUser(std::string_view answer, const Evidence& evidence);
[[nodiscard]] bool IsTime(std::string_view answer, const Evidence& evidence);
[[nodiscard]] bool IsAddress(std::string_view answer, const Evidence& evidence);
[[nodiscard]] bool IsMethod(std::string_view answer, const Evidence& evidence);

}  // namespace opentrail::lab
