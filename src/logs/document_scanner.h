#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "logs/field_tree.h"
#include "logs/needle.h"
#include "logs/record_scanner.h"
#include "logs/structural_cursor.h"

namespace opentrail::logs {

// Says whether a row just read is wanted; one that is not is overwritten by the next.
class RowFilter {
 public:
  virtual ~RowFilter() = default;
  [[nodiscard]] virtual bool Passes(const RowTarget& target) const = 0;
};

// Finds the events in the text of one log file, whatever shape wraps them, and reads them into rows.
//   {"Records":[event, ...], ...}        as CloudTrail delivers; each object in the array is an event, whatever its keys
//   {"Events":[entry, ...], ...}         LookupEvents; an entry's "CloudTrailEvent" holds the event as text
//   [x, ...]   x y z   one x per line    where x is any of: an event, an entry, {"Records":...}, {"detail":event}
//                                        (EventBridge), {"aws":{"cloudtrail":event}} (Elastic Common Schema)
// Outside "Records", an object is an event if it has a key that every event has (eventVersion, eventName, ...).
// The text may come in parts: a part ends anywhere, and what its end cut off is given again at the start of the next.
// Belongs to one thread.
class DocumentScanner {
 public:
  DocumentScanner(FieldTree& tree, size_t max_depth, Kernel kernel = BestKernel());

  // A new text begins.
  void BeginFile();
  // `data` begins where ResumeAt() said in the part before. At least 32 bytes must be readable before `data`, kBlockBytes
  // after data + size, and those must be zeros. `needles` (may be null): records that hold none of them are left out.
  void BeginPart(const uint8_t* data, size_t size, bool is_last, const NeedleSearch* needles);

  enum class Outcome : uint8_t {
    kRowsFull,  // `row_limit` reached: call Run again
    kPartEnd,   // give the next part, from ResumeAt()
    kFileEnd,
    kFault,     // see Fault(); rows before it are complete
  };
  // Reads rows from target.row on, advancing it, until `row_limit`.
  Outcome Run(RowTarget& target, size_t row_limit, const RowFilter* filter);

  [[nodiscard]] size_t ResumeAt() const { return position_; }
  // Offsets count from the part's start.
  [[nodiscard]] const TextFault& Fault() const { return fault_; }
  // A fault that was read over: a comma missing between two records. The first in this file; taken by the call.
  [[nodiscard]] std::optional<TextFault> TakeMinorFault();

  // Whether the file so far holds bytes that are not ASCII.
  [[nodiscard]] bool HasNonAscii() const { return has_non_ascii_; }
  [[nodiscard]] uint64_t ValuesSkipped() const { return values_skipped_; }
  // Whether the file showed itself as a log: an event, or an array that holds them, empty or not.
  [[nodiscard]] bool IsLog() const { return is_log_; }

 private:
  enum class Frame : uint8_t {
    kRecords,  // in the array of "Records"
    kLoose,    // in any other array
    kWrapper,  // in the object around such an array
  };
  // What an object outside "Records" is.
  enum class Shape : uint8_t { kOther, kWeakEvent, kInner, kEmbedded, kEvent, kRecords, kEvents };
  struct ShapeOf {
    Shape shape = Shape::kOther;
    size_t inner = 0;  // where the array, text or event begins that it holds
    size_t end = 0;    // just past it, where its end has been read (kEmbedded, kInner, kOther)
  };

  // Each of these leaves position_ where a later part would go on.
  Step RunFrame();
  Step RunTop();
  Step RunArray();
  Step RunWrapper();
  Step EndArray(size_t close);
  Step ScanElement(size_t begin);
  Step ScanLoose(size_t begin);
  Step ScanRecord(size_t begin);
  Step ScanInner(const ShapeOf& shape);
  Step ScanEmbedded(size_t begin, const ShapeOf& shape);
  Step ScanEmbeddedText(std::string_view text, size_t offset);
  Step SkipElement(size_t begin);
  Step SkipNested(size_t open, size_t& end);
  Step Classify(size_t begin, size_t depth, ShapeOf& shape);
  Step ClassifyKey(size_t begin, size_t colon, size_t depth, ShapeOf& shape);
  Step ClassifyInner(size_t begin, size_t depth, ShapeOf& shape);
  Step EnterArray(Frame frame, size_t open);
  Step PushArray(Frame frame, size_t open);
  void FinishRow();
  void ClearRow();
  bool LacksNeedle(size_t begin, size_t end);
  Step MakeFault(size_t offset, std::string message);

  size_t max_depth_;
  StructuralCursor cursor_;
  StructuralCursor embedded_cursor_;
  RecordScanner records_;

  const uint8_t* data_ = nullptr;
  size_t size_ = 0;
  size_t position_ = 0;
  bool is_last_ = true;
  bool at_start_ = true;  // of the file
  enum class Expect : uint8_t { kFirst, kElement, kComma };
  Expect expect_ = Expect::kFirst;  // what comes next in an array
  std::vector<Frame> frames_;

  const NeedleSearch* needles_ = nullptr;
  bool has_searched_ = false;
  size_t next_needle_ = 0;  // the first needle at or after the place searched last

  RowTarget* target_ = nullptr;
  const RowFilter* filter_ = nullptr;
  TextFault fault_;
  std::optional<TextFault> minor_fault_;
  bool minor_fault_given_ = false;
  uint64_t values_skipped_ = 0;
  bool is_log_ = false;
  bool has_non_ascii_ = false;
};

}  // namespace opentrail::logs
