#pragma once

#include <optional>
#include <string_view>

namespace opentrail::protocol {

// Whether a text is as a model's pattern has it, for the patterns that are one class of ASCII characters, repeated:
// [\w+=,.@-]+ and the like, which are those of names and ids; and for those of IAM's paths, aliases and versions.
// nullopt for all other patterns: those are checked by the operations that they matter to. Linear in both. Pure;
// thread-safe.
[[nodiscard]] std::optional<bool> MatchesPattern(std::string_view text, std::string_view pattern);

}  // namespace opentrail::protocol
