#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/block_masks.h"

// The same reading of a log's text twice, by the scanner and by a plain DOM, for tests and fuzzers to compare.
namespace opentrail::logs::oracle {

// A value, or NULL. Where is_json, `text` is compared as JSON, for the DOM does not keep its spelling.
struct Cell {
  bool is_null = true;
  bool is_json = false;
  std::string text;
};
using Row = std::vector<Cell>;

struct Reading {
  std::vector<Row> rows;
  uint64_t values_skipped = 0;
  std::optional<std::string> fault;  // where and what, if the text is not all well-formed
};

// nullopt: the text is no sequence of JSON values, or holds an event's text that is none.
[[nodiscard]] std::optional<Reading> ReadWithDom(std::string_view text, const std::vector<std::string>& fields);

// `part_bytes`: give the scanner the text in parts of at most this size where its records allow; 0: whole.
[[nodiscard]] Reading ReadWithScanner(std::string_view text, const std::vector<std::string>& fields, Kernel kernel,
                                      size_t part_bytes = 0);

// What differs; empty: nothing does.
[[nodiscard]] std::string Difference(const Reading& dom, const Reading& scanned);

}  // namespace opentrail::logs::oracle
