#pragma once

#include <string_view>

#include "codec/value.h"

// What the records of EC2's operations on volumes, snapshots and images have of their own: names from before the SDKs',
// sizes as text, defaults that were not sent, attributes by their type. Pure; thread-safe.
namespace opentrail::trail {

// `parameters` is the record's, written by the model; `input` is the call's. Emptied where EC2 records none.
void CompleteDiskParameters(std::string_view operation, const Value& input, Value& parameters);
void CompleteDiskResponse(std::string_view operation, Value& response);

}  // namespace opentrail::trail
