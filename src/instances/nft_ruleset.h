#pragma once

#include <memory>
#include <string>

#include "base/result.h"

struct nft_ctx;

namespace opentrail::instances {

// The packet filter of one network namespace: nftables by libnftables. Movable; not thread-safe.
class NftRuleset {
 public:
  // Of the calling thread's namespace, whichever it is in later.
  static Result<NftRuleset> Open();

  // Commands in nft(8)'s language, one a line: all take effect at once, or none. kInternal carries nft's words and the
  // commands.
  Status Apply(const std::string& commands);
  // As `nft list ruleset` prints it.
  Result<std::string> List();

 private:
  struct Free {
    void operator()(nft_ctx* context) const;
  };
  explicit NftRuleset(nft_ctx* context) : context_(context) {}
  std::unique_ptr<nft_ctx, Free> context_;
};

}  // namespace opentrail::instances
