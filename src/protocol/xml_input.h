#pragma once

#include <optional>
#include <string_view>

#include "codec/value.h"
#include "protocol/model.h"

namespace opentrail::protocol {

// An XML body as the shape has it. nullopt where it is not well-formed UTF-8 XML within the bounds, has a document type
// (no entity but the five is ever resolved), bears another outer element, lacks a required member, or a value is not of
// its type. Unknown elements are passed over. Thread-safe.
[[nodiscard]] std::optional<Value> ParseXml(const Shape& shape, std::string_view outer_element, std::string_view body);

}  // namespace opentrail::protocol
