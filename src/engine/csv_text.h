#pragma once

#include <string>

#include "engine/engine.h"

namespace opentrail::engine {

// One line of a result's CSV as Athena writes it: every value in quotes, those within doubled, NULL as nothing.
void AppendCsvLine(std::string& out, const Row& row);

// Doubles the quotes behind `begin`.
void DoubleQuotes(std::string& out, size_t begin);

}  // namespace opentrail::engine
