#pragma once

#include <string_view>

#include "services/iam/context.h"

namespace opentrail::services::iam {

AwsResult<Reply> CreateVirtualMfaDevice(Context& context);
AwsResult<Reply> EnableMfaDevice(Context& context);
AwsResult<Reply> ResyncMfaDevice(Context& context);
AwsResult<Reply> DeactivateMfaDevice(Context& context);
AwsResult<Reply> DeleteVirtualMfaDevice(Context& context);
AwsResult<Reply> ListMfaDevices(Context& context);
AwsResult<Reply> ListVirtualMfaDevices(Context& context);
AwsResult<Reply> GetMfaDevice(Context& context);
AwsResult<Reply> TagMfaDevice(Context& context);
AwsResult<Reply> UntagMfaDevice(Context& context);
AwsResult<Reply> ListMfaDeviceTags(Context& context);

// As UseMfaCode, without its effect: the code may still be used.
[[nodiscard]] bool CheckMfaCode(const store::Secrets& secrets, store::Connection& state, std::string_view owner,
                                std::string_view serial, std::string_view code, Time now);
// True where `code` is the current code of the device, which `owner` (a user's id, or the account's for root) has. The
// code counts once. For STS and the console.
[[nodiscard]] bool UseMfaCode(const store::Secrets& secrets, store::Connection& state, std::string_view owner,
                              std::string_view serial, std::string_view code, Time now);

}  // namespace opentrail::services::iam
