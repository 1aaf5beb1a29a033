#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/model.h"
#include "services/iam/iam_service.h"
#include "services/service.h"

namespace opentrail::services::iam {

[[nodiscard]] inline int64_t ToMilliseconds(Time time) { return time.time_since_epoch().count(); }
[[nodiscard]] inline Time FromMilliseconds(int64_t milliseconds) {
  return Time(std::chrono::milliseconds(milliseconds));
}

// One call of an IAM operation, as its handler sees it.
struct Context {
  IamService& iam;
  const Call& call;
  store::Connection& state;
  const Value& input;

  [[nodiscard]] std::string Text(std::string_view member) const { return std::string(input[member].Text()); }
  [[nodiscard]] const std::string& account_id() const { return iam.environment().account_id; }
  [[nodiscard]] RandomSource& random() const { return iam.environment().random; }
  [[nodiscard]] int64_t now_ms() const { return ToMilliseconds(call.now); }
};

// What std::expected of g++ 12 lacks: goes on with the value, or passes the error along.
template <typename T, typename Next>
auto Then(AwsResult<T> value, Next next) -> decltype(next(*value)) {
  if (!value) return std::unexpected(std::move(value.error()));
  return next(*value);
}
template <typename Next>
auto Then(AwsStatus status, Next next) -> decltype(next()) {
  if (!status) return std::unexpected(std::move(status.error()));
  return next();
}

using OperationFunction = AwsResult<Reply> (*)(Context& context);

// A handler's `handle`. What changed an identity is seen by every call that begins after the answer.
template <OperationFunction kFunction>
AwsResult<Reply> Handle(Service& service, Call& call, store::Transaction& transaction) {
  auto& iam = static_cast<IamService&>(service);
  Context context{iam, call, transaction.connection(), call.input};
  AwsResult<Reply> reply = kFunction(context);
  if (reply && !protocol::IsReadOnly(*call.operation)) {
    transaction.OnCommit([&directory = iam.directory()] { directory.Invalidate(); });
  }
  return reply;
}

}  // namespace opentrail::services::iam
