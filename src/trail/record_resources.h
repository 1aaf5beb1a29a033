#pragma once

#include <string_view>
#include <vector>

#include "codec/json.h"
#include "trail/event_history.h"

namespace opentrail::trail {

// At most so many entries of one record: a call that names more is cut off there.
inline constexpr size_t kMaxResources = 1000;

// The members of a record that name resources; what it lacks is missing.
struct RecordParts {
  codec::JsonValue parameters;  // requestParameters
  codec::JsonValue response;    // responseElements
  codec::JsonValue resources;
};

// The resources that a record is about, in order of appearance, each once: its own `resources`, and every identifier in
// requestParameters and responseElements, typed by the table in record_resources.cc. source: eventSource; event:
// eventName. Views of the parsed record, valid as long as it. Pure; thread-safe.
[[nodiscard]] std::vector<ResourceView> ResourcesOf(std::string_view source, std::string_view event,
                                                    const RecordParts& record);

}  // namespace opentrail::trail
