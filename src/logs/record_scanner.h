#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "logs/arena.h"
#include "logs/field_tree.h"
#include "logs/structural_cursor.h"

namespace opentrail::logs {

// Where one record's values go: columns[c][row]. All of the row is NULL (data() == nullptr) beforehand.
struct RowTarget {
  std::vector<std::string_view*> columns;
  size_t row = 0;
  Arena* arena = nullptr;  // takes the strings that had to be unescaped
};

// What is wrong with a text, and where.
struct TextFault {
  size_t offset = 0;
  std::string message;
};

enum class Step : uint8_t {
  kDone,
  kEndOfText,  // the text ends inside what was to be read
  kFault,      // see fault()
};

// Reads one JSON object at a time into a row: the keys that the field tree asks for, the rest skipped by its brackets.
// What is skipped is held to be JSON: only strings' ends and brackets' number are looked at. What is delivered is
// checked. Belongs to one thread.
class RecordScanner {
 public:
  RecordScanner(FieldTree& tree, size_t max_depth);

  // The text that the next records stand in: at least 32 bytes must be readable before it, kBlockBytes after.
  void BeginText(const uint8_t* data, size_t size) {
    data_ = data;
    size_ = size;
  }
  // `cursor` has just given the record's opening brace, at `begin`.
  Step Scan(StructuralCursor& cursor, size_t begin, RowTarget& target);
  // After kDone: just past the record's closing brace.
  [[nodiscard]] size_t End() const { return end_; }
  [[nodiscard]] const TextFault& Fault() const { return fault_; }

 private:
  Step ScanObject(StructuralCursor& cursor, size_t begin, FieldNode& node, size_t depth);
  Step ScanValue(StructuralCursor& cursor, size_t position, FieldNode& node, size_t depth);
  Step ScanString(size_t begin, const FieldNode& node);
  Step ScanNested(StructuralCursor& cursor, size_t begin, FieldNode& node, size_t depth);
  Step ScanScalar(size_t begin, const FieldNode& node);
  // The child whose key's closing quote stands at `close`; nullptr: none is asked for, or a fault.
  FieldNode* FindKey(const StructuralCursor& cursor, size_t begin, size_t close, FieldNode& node);
  FieldNode* FindKeySlowly(size_t begin, size_t close, FieldNode& node);
  // The child whose key's opening quote stands at `open`, once a key may stand there; nullptr: there is none, or a
  // fault.
  FieldNode* Placed(FieldNode* child, size_t begin, size_t open);
  Step SkipValue(StructuralCursor& cursor, size_t open, size_t depth);
  void Clear(const FieldNode& node);
  void Put(const FieldNode& node, std::string_view value) { target_->columns[node.column][target_->row] = value; }
  Step MakeFault(size_t offset, std::string message);
  [[nodiscard]] std::string_view Text(size_t begin, size_t end) const {
    return {reinterpret_cast<const char*>(data_) + begin, end - begin};
  }

  FieldTree& tree_;
  size_t max_depth_;
  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
  RowTarget* target_ = nullptr;
  size_t end_ = 0;  // just past the value read last
  bool is_faulty_ = false;
  uint64_t record_ = 0;
  std::vector<uint64_t> seen_in_;  // per node: the last record whose key it was
  TextFault fault_;
};

}  // namespace opentrail::logs
