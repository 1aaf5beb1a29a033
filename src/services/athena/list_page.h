#pragma once

#include "services/athena/errors.h"
#include "services/token_page.h"

namespace opentrail::services::athena {

// The page of a list that the call asks for.
[[nodiscard]] inline AwsResult<TokenPage> ListPage(const Call& call, int64_t default_limit = 50) {
  auto page = TokenPage::Of(call, default_limit);
  if (page) return *std::move(page);
  return InvalidRequest(kInvalidInput, "Malformed nextPageToken {}", call.input["NextToken"].Text());
}

}  // namespace opentrail::services::athena
