#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/value.h"
#include "services/service.h"
#include "store/connection.h"

namespace opentrail::services::athena {

inline constexpr std::string_view kPrimary = "primary";
inline constexpr std::string_view kEngineVersion = "Athena engine version 3";

// https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroup.html
struct Workgroup {
  std::string name;
  std::string state = "ENABLED";
  std::optional<std::string> description;
  Value configuration = Value::Object();  // WorkGroupConfiguration
  Time created;

  [[nodiscard]] bool IsEnforced() const { return configuration["EnforceWorkGroupConfiguration"].Boolean(); }
  [[nodiscard]] const Value& results() const { return configuration["ResultConfiguration"]; }
};

// The workgroup; `primary` always is there. nullopt: none of that name.
[[nodiscard]] std::optional<Workgroup> FindWorkgroup(store::Connection& state, std::string_view region,
                                                     std::string_view name);
// As FindWorkgroup; the error is what Athena answers. "" is `primary`.
[[nodiscard]] AwsResult<Workgroup> GetWorkgroup(store::Connection& state, std::string_view region,
                                                std::string_view name);

// arn:aws:athena:<region>:<account>:workgroup/<name>
[[nodiscard]] std::string WorkgroupArn(const Call& call, std::string_view name);

// s3://bucket/…: whether results can be written there.
[[nodiscard]] bool IsOutputLocation(std::string_view location);

}  // namespace opentrail::services::athena
