#pragma once

#include <string>
#include <vector>

#include "sql/function.h"
#include "sql/operators.h"

// The engine templates of sql/function.h, filled in.
namespace opentrail::sql {

// before + call + after is the engine's SQL; call is the one aggregate call, or the whole.
struct ExpandedCall {
  std::string before;
  std::string call;
  std::string after;

  [[nodiscard]] std::string Text() const { return before + call + after; }
};

// arguments are already of the signature's types. Refuses where a cast in the template cannot be.
[[nodiscard]] Result<ExpandedCall> ExpandTemplate(const FunctionSignature& row, const std::vector<TypedSql>& arguments,
                                                  const Type& result, Position position);

// What an aggregate call takes besides its arguments.
struct CallModifiers {
  bool distinct = false;
  std::string inside;  // " ORDER BY …", " IGNORE NULLS": before the closing parenthesis
  std::string behind;  // " FILTER (…)", " OVER (…)"
};
void ModifyCall(ExpandedCall& call, const CallModifiers& modifiers);

}  // namespace opentrail::sql
