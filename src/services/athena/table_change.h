#pragma once

#include <string>
#include <vector>

#include "services/athena/output_folder.h"

namespace opentrail::services::athena {

// What a statement that writes changes with its commit: objects, and what the catalog is told of them.
struct TableChange {
  struct GlueCall {
    std::string_view operation;
    Value input;
  };
  std::vector<BucketFolder::Written> objects;
  std::vector<GlueCall> calls;  // in this order
};

}  // namespace opentrail::services::athena
