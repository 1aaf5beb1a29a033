#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "catalog/projection.h"
#include "logs/log_file.h"
#include "logs/predicate.h"
#include "services/athena/caller_calls.h"

namespace opentrail::services::athena {

// A prefix that a table's objects lie under, and what its partition says of them.
struct TablePlace {
  std::string location;
  std::shared_ptr<const logs::PartitionFields> partition;  // shared by the files there; nullptr: there is none
};

// Where a table's objects lie: its own location, its projected partitions, or those that the catalog holds.
// Thread-safe.
class TablePartitions {
 public:
  // `glue_table` is Glue's Table. The error names the property that is wrong.
  static Result<TablePartitions> Of(const Value& glue_table, Time now);

  // The table's own.
  [[nodiscard]] const std::string& location() const { return location_; }
  // The places that the predicates on the table's partition keys leave.
  [[nodiscard]] Result<std::vector<TablePlace>> Places(std::span<const logs::Predicate> predicates, CallerCalls& calls,
                                                       const CancelToken& cancel) const;

 private:
  TablePartitions() = default;
  [[nodiscard]] TablePlace PlaceOf(std::string location, const std::vector<std::string>& values) const;
  [[nodiscard]] Result<std::vector<TablePlace>> Registered(std::span<const catalog::KeyFilter> filters,
                                                           CallerCalls& calls, const CancelToken& cancel) const;

  std::string database_, table_, location_;
  std::vector<std::string> keys_;
  std::optional<catalog::Projection> projection_;
  catalog::Projection::Seconds now_;
};

}  // namespace opentrail::services::athena
