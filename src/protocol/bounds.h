#pragma once

#include <cstddef>
#include <cstdint>

// What a request may make us hold or walk, beside the bound on its body's bytes, which the gateway sets.
namespace opentrail::protocol {

inline constexpr size_t kMaxParameters = 10'000;         // of a query or a form body
inline constexpr size_t kMaxElements = 10'000;           // of one list or map in a request
inline constexpr size_t kMaxDepth = 64;                  // of nested structures, lists and maps
inline constexpr size_t kMaxXmlBytes = 8 * 1024 * 1024;  // of an XML body; 10,000 parts with every checksum fit
inline constexpr size_t kMaxViolations = 50;             // constraint violations that one error names
inline constexpr size_t kMaxShownCharacters = 1024;      // of a value that an error repeats

}  // namespace opentrail::protocol
