#pragma once

#include "formats/row_reader.h"
#include "logs/field_tree.h"
#include "logs/record_scanner.h"
#include "logs/structural_cursor.h"

namespace opentrail::formats {

// A JSON object a line; what follows it on its line is not looked at. As with the logs, what is skipped is held to be
// JSON. A line that is not one: with the OpenX SerDe, a row of NULLs where it does not begin as an object or the SerDe
// ignores what is malformed; else a fault.
class JsonRows final : public RowReader {
 public:
  JsonRows(const JsonFormat& format, std::span<const std::string> fields, size_t max_depth);

  void BeginText(const uint8_t* data, size_t size) override;
  std::optional<logs::TextFault> Read(size_t begin, size_t end, logs::RowTarget& target) override;

 private:
  // The fault, or nothing where the format makes a row of NULLs of it.
  std::optional<logs::TextFault> Refuse(size_t offset, std::string message, logs::RowTarget& target);

  const JsonFormat format_;
  logs::FieldTree tree_;
  logs::StructuralCursor cursor_;
  logs::RecordScanner records_;
  const uint8_t* data_ = nullptr;
  bool is_in_step_ = false;  // the cursor stands where the last object ended
};

}  // namespace opentrail::formats
