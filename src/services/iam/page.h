#pragma once

#include <string>
#include <string_view>

#include "services/iam/context.h"

namespace opentrail::services::iam {

// One page of a list operation: MaxItems and Marker in, IsTruncated and Marker out. A marker is bound to the operation
// and to the parameters that it was given for.
//   Page page(context, "Users"); AwsStatus status = page.Begin(); ...
//   for (each after page.after(), at most page.limit()) page.Add(key, value);
//   return page.Finish();
class Page {
 public:
  Page(const Context& context, std::string_view member) : context_(context), member_(member) {}

  // Reads the parameters; ValidationError for a marker that is none of this list.
  [[nodiscard]] AwsStatus Begin();
  [[nodiscard]] const std::string& after() const { return after_; }
  // One more than are shown, to know whether there are more.
  [[nodiscard]] int64_t limit() const { return max_items_ + 1; }

  // In the order of the keys.
  void Add(std::string_view key, Value value);
  // False: nothing more is needed.
  [[nodiscard]] bool WantsMore() const { return !truncated_; }
  [[nodiscard]] Reply Finish();

 private:
  [[nodiscard]] std::string Binding() const;

  const Context& context_;
  std::string member_;
  std::string after_;
  std::string last_;
  int64_t max_items_ = 100;
  bool truncated_ = false;
  Value items_ = Value::List();
};

}  // namespace opentrail::services::iam
