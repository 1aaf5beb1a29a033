#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "engine/engine.h"

// What a set of logs is: the first look that an investigator takes.
namespace opentrail::investigate {

struct Count {
  std::string name;
  uint64_t events = 0;
};

// The most frequent values of one property, and how many values there are.
struct Ranking {
  uint64_t distinct = 0;
  std::vector<Count> top;  // most frequent first, ties by name; at most SummaryOptions::top
};

// Hours in which these logs hold no event, between hours in which they do.
struct Gap {
  std::string from;   // the first empty hour: "2026-03-02T05"
  std::string until;  // the last one, inclusive
  uint64_t hours = 0;
};

struct SignIn {
  std::string user;
  std::string address;
  std::string result;  // "Success" or "Failure"
  std::string mfa;     // "Yes", "No", or empty where the event does not say
  uint64_t events = 0;
  std::string first;
  std::string last;
};

// A kind of successful call that was no read, by one principal.
struct Change {
  std::string principal;
  std::string source;
  std::string name;
  uint64_t events = 0;
  std::string first;
  std::string last;
};

struct Summary {
  uint64_t records = 0;                    // as they lie in the files
  uint64_t events = 0;                     // an eventID counted once
  uint64_t duplicates = 0;                 // records - events
  uint64_t failed = 0;                     // events with an errorCode
  std::optional<std::string> first_event;  // eventTime
  std::optional<std::string> last_event;
  Ranking accounts, regions, days, services, actions, users, roles, addresses, errors;
  std::vector<Gap> gaps;
  uint64_t sign_in_kinds = 0;
  std::vector<SignIn> sign_ins;  // most recent last-seen first
  uint64_t change_kinds = 0;
  std::vector<Change> changes;  // rarest kinds first: what happened once is what one looks for
};

struct SummaryOptions {
  std::string table = "cloudtrail_logs";  // a table of the engine that deduplicates
  uint32_t top = 10;
};

// Asks the engine; every number counts an eventID once. The engine's statistics tell what was read.
[[nodiscard]] Result<Summary> Summarize(engine::Engine& engine, const sql::Session& session,
                                        const SummaryOptions& options, const CancelToken& cancel);

}  // namespace opentrail::investigate
