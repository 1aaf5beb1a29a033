#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/engine.h"

namespace opentrail::engine {

// A cluster reads a table's files by itself, with permissions of its own: whoever runs a statement there is asked
// before, and told meanwhile. Used from the statement's thread.
class ForeignReads {
 public:
  virtual ~ForeignReads() = default;
  // All tables of the statement have been found. False: the engine inside is to answer. The error is the statement's:
  // it is not run.
  virtual Result<bool> Allow() = 0;
  // So many further bytes have been read. False: the statement is to end.
  virtual bool Count(uint64_t bytes) = 0;
};

// An engine whose queries a Trino cluster answers, at an address that passes CheckTrinoUrl. The cluster has the same
// catalog (docs/athena-trino.md says how). Each statement is resolved here first, so that both engines refuse the same
// in the same words, and then asked as it is written (sql::TrinoText). What writes files is done by `embedded`, which
// also has the tables; Statistics() has only events and bytes_done, as Trino tells them. `reads` outlives the engine.
[[nodiscard]] std::unique_ptr<Engine> OverTrino(std::string url, std::unique_ptr<Engine> embedded, ForeignReads& reads);

}  // namespace opentrail::engine
