#include "instances/nft_ruleset.h"

#include <nftables/libnftables.h>

namespace opentrail::instances {

void NftRuleset::Free::operator()(nft_ctx* context) const { nft_ctx_free(context); }

Result<NftRuleset> NftRuleset::Open() {
  NftRuleset opened(nft_ctx_new(NFT_CTX_DEFAULT));
  if (opened.context_ == nullptr) return MakeError(ErrorCode::kIo, "libnftables gives no context");
  if (nft_ctx_buffer_error(opened.context_.get()) != 0 || nft_ctx_buffer_output(opened.context_.get()) != 0) {
    return MakeError(ErrorCode::kInternal, "libnftables gives no buffer");
  }
  return opened;
}

Status NftRuleset::Apply(const std::string& commands) {
  if (nft_run_cmd_from_buffer(context_.get(), commands.c_str()) == 0) return {};
  return MakeError(ErrorCode::kInternal, "the packet filter refuses: {}\n{}", nft_ctx_get_error_buffer(context_.get()),
                   commands);
}

Result<std::string> NftRuleset::List() {
  if (const Status ran = Apply("list ruleset"); !ran) return std::unexpected(ran.error());
  return std::string(nft_ctx_get_output_buffer(context_.get()));
}

}  // namespace opentrail::instances
