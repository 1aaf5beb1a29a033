#include "services/s3/control_service.h"

#include <algorithm>

#include "services/s3/errors.h"
#include "services/s3/public_access_block.h"

namespace opentrail::services::s3 {
namespace {

using opentrail::iam::AccessRequest;

// Taking a block away is allowed by the action that puts it.
AwsResult<std::vector<AccessRequest>> Authorize(Service& /*service*/, const Call& call, store::Connection& /*state*/) {
  const bool reads = call.operation->name.starts_with("Get");
  AccessRequest request;
  request.action = reads ? "s3:GetAccountPublicAccessBlock" : "s3:PutAccountPublicAccessBlock";
  request.context.Add("s3:ResourceAccount", call.account_id);
  return std::vector{std::move(request)};
}

// The calls are about the account that they name, and there is one.
AwsStatus CheckAccount(const Call& call) {
  if (call.input["AccountId"].Text() != call.account_id) return AccessDenied();
  return {};
}

AwsResult<Reply> GetPublicAccessBlock(Service& /*service*/, Call& call, store::Transaction& transaction) {
  if (AwsStatus own = CheckAccount(call); !own) return std::unexpected(std::move(own.error()));
  const auto block = LoadAccountBlock(transaction.connection());
  if (!block) {
    return Refusal("NoSuchPublicAccessBlockConfiguration", 404, "The public access block configuration was not found",
                   {{"AccountId", call.account_id}});
  }
  return Reply{.output = Value::Object({{"PublicAccessBlockConfiguration", block->ToValue()}})};
}

AwsResult<Reply> PutPublicAccessBlock(Service& /*service*/, Call& call, store::Transaction& transaction) {
  if (AwsStatus own = CheckAccount(call); !own) return std::unexpected(std::move(own.error()));
  StoreAccountBlock(transaction.connection(),
                    PublicAccessBlock::FromValue(call.input["PublicAccessBlockConfiguration"]));
  return Reply{};
}

AwsResult<Reply> DeletePublicAccessBlock(Service& /*service*/, Call& call, store::Transaction& transaction) {
  if (AwsStatus own = CheckAccount(call); !own) return std::unexpected(std::move(own.error()));
  StoreAccountBlock(transaction.connection(), std::nullopt);
  return Reply{};
}

constexpr Handler kHandlers[] = {{"DeletePublicAccessBlock", Authorize, DeletePublicAccessBlock},
                                 {"GetPublicAccessBlock", Authorize, GetPublicAccessBlock},
                                 {"PutPublicAccessBlock", Authorize, PutPublicAccessBlock}};
static_assert(std::ranges::is_sorted(kHandlers, {}, &Handler::operation));

}  // namespace

std::span<const Handler> S3ControlService::handlers() const { return kHandlers; }

}  // namespace opentrail::services::s3
