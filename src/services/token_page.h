#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/service.h"

// NextToken and MaxResults, as lists of the JSON services have them.
namespace opentrail::services {

class TokenPage {
 public:
  // nullopt: the token is none.
  static std::optional<TokenPage> Of(const Call& call, int64_t default_limit);

  // The entry that the page before ended with; "" for the first page.
  [[nodiscard]] const std::string& after() const { return after_; }
  // One more than the page takes, so that it is seen whether more follows.
  [[nodiscard]] int64_t rows() const { return limit_ + 1; }
  // False where the page is full: the entry of that name begins the next one.
  [[nodiscard]] bool Add(Value entry, std::string_view name);
  // {<member>: entries, NextToken}
  [[nodiscard]] Value Finish(std::string_view member);

 private:
  int64_t limit_ = 0;
  std::string after_, last_;
  bool truncated_ = false;
  Value entries_ = Value::List();
};

}  // namespace opentrail::services
