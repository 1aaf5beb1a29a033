#include <vector>

#include "sql/function.h"

namespace opentrail::sql {

std::span<const FunctionSignature> AllFunctions() {
  static const std::vector<FunctionSignature> kAll = [] {
    std::vector<FunctionSignature> all;
    for (const auto family :
         {StringFunctions(), RegexpFunctions(), JsonFunctions(), NetworkFunctions(), BinaryFunctions(),
          DatetimeFunctions(), MathFunctions(), ConditionalFunctions(), ArrayFunctions(), MapFunctions(),
          AggregateFunctions(), WindowFunctions(), SketchFunctions()}) {
      all.insert(all.end(), family.begin(), family.end());
    }
    return all;
  }();
  return kAll;
}

}  // namespace opentrail::sql
