#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/value.h"

// Value to and from JSON text (RFC 8259).
namespace opentrail::codec {

// Numbers become kInteger where they are whole and fit 64 bits, else kDouble. kCorrupt names the fault; nesting is
// bounded as in JsonDocument.
[[nodiscard]] Result<Value> ParseJsonValue(std::string_view text);

// Compact, members in their order. Blobs become base64; timestamps epoch seconds, as in the AWS JSON protocols.
[[nodiscard]] std::string WriteJson(const Value& value);
void AppendJson(std::string& out, const Value& value);

}  // namespace opentrail::codec
