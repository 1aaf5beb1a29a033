#pragma once

#include <string>
#include <string_view>

#include "services/service.h"

// Marker and Limit, as every list of KMS has them.
namespace opentrail::services::kms {

class Page {
 public:
  // default_limit: what counts where the call gives none. InvalidMarkerException.
  static AwsResult<Page> Of(const Call& call, int64_t default_limit);

  // The entry that the page before ended with; "" for the first page. Lists are in the order of these.
  [[nodiscard]] const std::string& after() const { return after_; }
  // One more than the page takes, so that it is seen whether more follows.
  [[nodiscard]] int64_t rows() const { return limit_ + 1; }
  // False where the page is full: the entry of that name begins the next one.
  [[nodiscard]] bool Add(Value entry, std::string_view name);
  // {<member>: entries, Truncated, NextMarker}
  [[nodiscard]] Value Finish(std::string_view member);

 private:
  int64_t limit_ = 0;
  std::string after_, last_;
  bool truncated_ = false;
  Value entries_ = Value::List();
};

}  // namespace opentrail::services::kms
