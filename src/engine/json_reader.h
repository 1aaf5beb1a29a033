#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "duckdb/common/types/vector.hpp"
#include "engine/scalar_text.h"
#include "sql/type.h"

namespace opentrail::engine {

// Reads JSON text into engine vectors of one type as Hive's JsonSerDe does: keys match fields in any case, of duplicate
// keys the last wins, unknown keys are skipped, a missing or null one is NULL, a string column over an object or array
// is its JSON text, over a number or boolean its text. A value that does not fit the type is what `rules` say, NULL
// unless told otherwise; NULL is also the whole where the text is no JSON or nests deeper than kMaxDepth. Where the
// type is a scalar, the text is the scalar's, without quotes. Strings without escapes point into the text: whoever
// keeps the vector keeps the text. Thread-compatible: a reader belongs to one thread.
class JsonReader {
 public:
  static constexpr int kMaxDepth = 256;

  explicit JsonReader(const sql::Type& type, TextRules rules = {});

  // Row `row` of `target`, a flat vector of PhysicalType(type). A null text is NULL.
  void Read(std::string_view text, duckdb::Vector& target, duckdb::idx_t row);

 private:
  struct Node {
    sql::TypeKind kind = sql::TypeKind::kUnknown;
    sql::Type type;
    std::vector<Node> children;
    std::vector<std::string> names;  // of a row's fields, lower case
  };

  static Node MakeNode(const sql::Type& type);

  // Each reads the value at position_ and leaves position_ behind it; false: no JSON, everything stops.
  bool ReadValue(const Node& node, duckdb::Vector& target, duckdb::idx_t row, int depth);
  bool ReadRow(const Node& node, duckdb::Vector& target, duckdb::idx_t row, int depth);
  bool ReadArray(const Node& node, duckdb::Vector& target, duckdb::idx_t row, int depth);
  bool ReadWrapped(const Node& node, duckdb::Vector& target, duckdb::idx_t row, int depth);
  bool ReadMap(const Node& node, duckdb::Vector& target, duckdb::idx_t row, int depth);
  bool ReadText(duckdb::Vector& target, duckdb::idx_t row, int depth);
  bool ReadScalar(const Node& node, duckdb::Vector& target, duckdb::idx_t row, int depth);
  // Between the brackets of an object: the next key, its quotes and colon passed; end is set at the closing brace.
  bool NextKey(bool first, std::string_view& key, bool& end);
  bool NextElement(bool first, char close, bool& end);

  bool SkipValue(int depth, std::string_view& raw);
  bool SkipComposite(int depth);
  bool SkipString(std::string_view& inner, bool& escaped);
  bool SkipWord(std::string_view& word);
  void SkipSpace();
  [[nodiscard]] char Peek() const { return position_ < text_.size() ? text_[position_] : '\0'; }

  Node root_;
  TextRules rules_;
  std::string_view text_;
  size_t position_ = 0;
  std::string key_scratch_;
};

// The text of a JSON string's inside. A lone surrogate becomes U+FFFD; false for an escape that JSON does not have.
bool UnescapeJson(std::string_view inner, std::string& out);

}  // namespace opentrail::engine
