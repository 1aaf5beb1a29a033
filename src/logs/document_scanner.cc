#include "logs/document_scanner.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "logs/json_key.h"
#include "logs/json_text.h"

namespace opentrail::logs {
namespace {

constexpr size_t kFrontRoom = 32;  // what a RecordScanner may read before a text
constexpr size_t kInnerLevels = 3; // {"aws":{"cloudtrail":{...}}} needs two

bool IsOneOf(std::string_view key, std::span<const std::string_view> names) {
  return std::ranges::find(names, key) != names.end();
}

// Keys of every event, as events spell them. LookupEvents entries spell theirs with a capital.
constexpr std::array<std::string_view, 5> kEventKeys = {"eventVersion", "eventID", "eventName", "eventTime",
                                                        "eventSource"};
// The same as a table export or another writer may spell them.
constexpr std::array<std::string_view, 5> kFoldedEventKeys = {"eventversion", "eventid", "eventname", "eventtime",
                                                              "eventsource"};
constexpr std::array<std::string_view, 3> kInnerKeys = {"detail", "aws", "cloudtrail"};

}  // namespace

DocumentScanner::DocumentScanner(FieldTree& tree, size_t max_depth, Kernel kernel)
    : max_depth_(max_depth), cursor_(kernel), embedded_cursor_(kernel), records_(tree, max_depth) {}

void DocumentScanner::BeginFile() {
  at_start_ = true;
  frames_.clear();
  expect_ = Expect::kFirst;
  minor_fault_.reset();
  minor_fault_given_ = false;
  values_skipped_ = 0;
  is_log_ = false;
  has_non_ascii_ = false;
}

void DocumentScanner::BeginPart(const uint8_t* data, size_t size, bool is_last, const NeedleSearch* needles) {
  data_ = data;
  size_ = size;
  position_ = 0;
  is_last_ = is_last;
  needles_ = needles;
  next_needle_ = 0;
  has_searched_ = false;
  records_.BeginText(data, size);
  cursor_.Begin(data, size, 0);
}

DocumentScanner::Outcome DocumentScanner::Run(RowTarget& target, size_t row_limit, const RowFilter* filter) {
  target_ = &target;
  filter_ = filter;
  for (;;) {
    if (target.row >= row_limit) return Outcome::kRowsFull;
    Step step = RunFrame();
    has_non_ascii_ |= cursor_.HasNonAscii();
    switch (step) {
      case Step::kDone:
        if (frames_.empty() && position_ >= size_) return is_last_ ? Outcome::kFileEnd : Outcome::kPartEnd;
        break;
      case Step::kEndOfText:
        ClearRow();
        if (!is_last_) return Outcome::kPartEnd;
        MakeFault(size_, "the text ends inside a value that begins at offset " + std::to_string(position_));
        return Outcome::kFault;
      case Step::kFault:
        ClearRow();
        return Outcome::kFault;
    }
  }
}

Step DocumentScanner::RunFrame() {
  if (frames_.empty()) return RunTop();
  return frames_.back() == Frame::kWrapper ? RunWrapper() : RunArray();
}

// One value at the top, or the end of the text.
Step DocumentScanner::RunTop() {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (at_start_ && std::string_view(reinterpret_cast<const char*>(data_), size_).starts_with(kByteOrderMark)) {
    position_ = kByteOrderMark.size();
  }
  at_start_ = false;
  position_ = SkipSpaces(data_, position_, size_);
  if (position_ >= size_) return Step::kDone;
  uint8_t byte = data_[position_];
  if (byte == '{' || byte == '[') {
    if (cursor_.Next() != position_) return MakeFault(position_, "expected a JSON value");
    return byte == '{' ? ScanLoose(position_) : PushArray(Frame::kLoose, position_);
  }
  return SkipElement(position_);
}

// One element of an array, a comma, or its end.
Step DocumentScanner::RunArray() {
  size_t next = SkipSpaces(data_, position_, size_);
  if (next >= size_) return Step::kEndOfText;
  uint8_t byte = data_[next];
  if (byte == ']') {
    if (expect_ == Expect::kElement) return MakeFault(next, "expected a value after ','");
    return EndArray(next);
  }
  if (expect_ == Expect::kComma) {
    if (byte == ',') {
      position_ = next + 1;
      expect_ = Expect::kElement;
      return Step::kDone;
    }
    if (byte != '{') return MakeFault(next, "expected ',' or ']' after a record");
    if (!minor_fault_given_) minor_fault_ = {next, "expected ',' between two records; read on without it"};
    minor_fault_given_ = true;
  }
  Expect expected = std::exchange(expect_, Expect::kComma);  // unless the element is itself entered
  Step step = ScanElement(next);
  if (step == Step::kEndOfText) expect_ = expected;
  return step;
}

Step DocumentScanner::EndArray(size_t close) {
  if (cursor_.Next() != close) return MakeFault(close, "unexpected ']'");
  if (frames_.back() == Frame::kRecords || expect_ == Expect::kFirst) is_log_ = true;
  frames_.pop_back();
  position_ = close + 1;
  expect_ = Expect::kComma;
  return Step::kDone;
}

// What follows an array in the object that holds it, to that object's end or its next such array.
Step DocumentScanner::RunWrapper() {
  size_t after = SkipSpaces(data_, position_, size_);
  if (after >= size_) return Step::kEndOfText;
  if (data_[after] != ',' && data_[after] != '}') return MakeFault(after, "expected ',' or '}' after a value");
  ShapeOf shape;
  do {  // an event's own keys beside an array of events say nothing
    shape = {};
    Step step = Classify(after, kInnerLevels, shape);
    if (step != Step::kDone) return step;
  } while (shape.shape == Shape::kEvent);
  if (shape.shape == Shape::kRecords) return EnterArray(Frame::kRecords, shape.inner);
  if (shape.shape == Shape::kEvents) return EnterArray(Frame::kLoose, shape.inner);
  frames_.pop_back();
  position_ = shape.end;
  expect_ = Expect::kComma;
  return Step::kDone;
}

Step DocumentScanner::ScanElement(size_t begin) {
  uint8_t byte = data_[begin];
  if (byte != '{') return SkipElement(begin);
  if (cursor_.Next() != begin) return MakeFault(begin, "expected a JSON value");
  return frames_.back() == Frame::kRecords ? ScanRecord(begin) : ScanLoose(begin);
}

// Anything but an object, where an event could stand.
Step DocumentScanner::SkipElement(size_t begin) {
  size_t end = begin;
  if (data_[begin] == '"') {
    end = FindStringEnd(data_, begin + 1, size_).position + 1;
    if (end > size_) return Step::kEndOfText;
  } else if (data_[begin] == '[') {
    if (cursor_.Next() != begin) return MakeFault(begin, "expected a JSON value");
    Step step = SkipNested(begin, end);
    if (step != Step::kDone) return step;
  } else {
    end = FindScalarEnd(data_, begin, size_);
    if (end >= size_ && !is_last_) return Step::kEndOfText;
    if (!IsJsonScalar({reinterpret_cast<const char*>(data_) + begin, end - begin})) {
      return MakeFault(begin, "expected JSON: an object or an array");
    }
  }
  ++values_skipped_;
  position_ = end;
  return Step::kDone;
}

// An object outside "Records"; `cursor_` has just given its brace at `begin`.
Step DocumentScanner::ScanLoose(size_t begin) {
  StructuralCursor::Mark mark = cursor_.MarkAt(begin + 1);
  ShapeOf shape;
  Step step = Classify(begin, kInnerLevels, shape);
  if (step != Step::kDone) return step;
  switch (shape.shape) {
    case Shape::kEvent:
    case Shape::kWeakEvent:
      cursor_.Return(mark);
      return ScanRecord(begin);
    case Shape::kRecords:
    case Shape::kEvents:
      frames_.push_back(Frame::kWrapper);
      return EnterArray(shape.shape == Shape::kRecords ? Frame::kRecords : Frame::kLoose, shape.inner);
    case Shape::kEmbedded:
      return ScanEmbedded(begin, shape);
    case Shape::kInner:
      return ScanInner(shape);
    case Shape::kOther:
      ++values_skipped_;
      position_ = shape.end;
      return Step::kDone;
  }
  return Step::kDone;
}

// An event; `cursor_` has just given its brace at `begin`.
Step DocumentScanner::ScanRecord(size_t begin) {
  if (needles_ != nullptr) {
    StructuralCursor::Mark mark = cursor_.MarkAt(begin + 1);
    size_t end = begin;
    Step step = SkipNested(begin, end);
    if (step != Step::kDone) return step;
    if (LacksNeedle(begin, end)) {
      is_log_ = true;
      position_ = end;
      return Step::kDone;
    }
    cursor_.Return(mark);
  }
  Step step = records_.Scan(cursor_, begin, *target_);
  if (step == Step::kFault) fault_ = records_.Fault();
  if (step != Step::kDone) return step;
  position_ = records_.End();
  FinishRow();
  return Step::kDone;
}

// {"detail":event} or {"aws":{"cloudtrail":event}}
Step DocumentScanner::ScanInner(const ShapeOf& shape) {
  cursor_.Reset(shape.inner);
  cursor_.Next();
  Step step = ScanRecord(shape.inner);
  if (step != Step::kDone) return step;
  cursor_.Reset(shape.end);
  position_ = shape.end;
  return Step::kDone;
}

// {"CloudTrailEvent":"{\"eventVersion\": ...}"}
Step DocumentScanner::ScanEmbedded(size_t begin, const ShapeOf& shape) {
  if (needles_ == nullptr || !LacksNeedle(begin, shape.end)) {
    StringEnd close = FindStringEnd(data_, shape.inner + 1, size_);
    std::string_view spelled(reinterpret_cast<const char*>(data_) + shape.inner + 1, close.position - shape.inner - 1);
    Step step = ScanEmbeddedText(spelled, shape.inner);
    if (step != Step::kDone) return step;
    FinishRow();
  }
  is_log_ = true;
  position_ = shape.end;
  return Step::kDone;
}

Step DocumentScanner::ScanEmbeddedText(std::string_view spelled, size_t offset) {
  char* room = target_->arena->Allocate(kFrontRoom + spelled.size() + kBlockBytes);
  std::memset(room, 0, kFrontRoom);
  Result<size_t, size_t> length = Unescape(spelled, room + kFrontRoom);
  if (!length) return MakeFault(offset + 1 + length.error(), "unknown escape in a string");
  std::memset(room + kFrontRoom + *length, 0, kBlockBytes);
  const auto* text = reinterpret_cast<const uint8_t*>(room + kFrontRoom);
  size_t begin = SkipSpaces(text, 0, *length);
  embedded_cursor_.Begin(text, *length, begin);
  if (text[begin] != '{' || embedded_cursor_.Next() != begin) {
    return MakeFault(offset, "expected an event's JSON text in \"CloudTrailEvent\"");
  }
  records_.BeginText(text, *length);
  Step step = records_.Scan(embedded_cursor_, begin, *target_);
  records_.BeginText(data_, size_);
  has_non_ascii_ |= embedded_cursor_.HasNonAscii();
  if (step == Step::kDone) return step;
  std::string what = step == Step::kFault ? records_.Fault().message : "the text ends inside the event";
  return MakeFault(offset, "in \"CloudTrailEvent\": " + what);
}

Step DocumentScanner::SkipNested(size_t open, size_t& end) {
  size_t close = cursor_.SkipNested(max_depth_);
  if (close == StructuralCursor::kNone) return Step::kEndOfText;
  if (close == StructuralCursor::kTooDeep) {
    return MakeFault(open, "nested too deeply: more than " + std::to_string(max_depth_) + " levels (max_depth)");
  }
  if (data_[close] != data_[open] + 2) {  // in ASCII, ']' follows '[' and '}' follows '{' by two
    return MakeFault(close, "a closing bracket that does not match the opening one at offset " + std::to_string(open));
  }
  end = close + 1;
  return Step::kDone;
}

// Reads keys until they say what the object is: at once for an event's own key or an array of events, else at its end.
// `cursor_` stands inside the object, after `begin`.
Step DocumentScanner::Classify(size_t begin, size_t levels, ShapeOf& shape) {
  while (shape.shape < Shape::kEvent) {
    size_t position = cursor_.Next();
    if (position == StructuralCursor::kNone) return Step::kEndOfText;
    uint8_t byte = data_[position];
    if (byte == '}') {
      shape.end = position + 1;
      return Step::kDone;
    }
    if (byte == ']') return MakeFault(position, "expected '}' at the end of an object, found ']'");
    size_t end = 0;
    Step step = byte == ':' ? ClassifyKey(begin, position, levels, shape) : SkipNested(position, end);
    if (step != Step::kDone) return step;
  }
  return Step::kDone;
}

Step DocumentScanner::ClassifyKey(size_t begin, size_t colon, size_t levels, ShapeOf& shape) {
  std::optional<std::string> key = KeyBefore(data_, begin, colon);
  if (!key) return MakeFault(colon, "expected a key in double quotes before ':'");
  size_t value = SkipSpaces(data_, colon + 1, size_);
  if (value >= size_) return Step::kEndOfText;
  auto found = [&](Shape kind) {
    if (kind > shape.shape) shape = {kind, value, 0};
  };
  if (IsOneOf(*key, kEventKeys)) found(Shape::kEvent);
  std::ranges::transform(*key, key->begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  if (IsOneOf(*key, kFoldedEventKeys)) found(Shape::kWeakEvent);
  if (data_[value] == '[' && *key == "records") found(Shape::kRecords);
  if (data_[value] == '[' && *key == "events") found(Shape::kEvents);
  if (data_[value] == '"' && *key == "cloudtrailevent") found(Shape::kEmbedded);
  if (data_[value] == '{' && levels > 1 && IsOneOf(*key, kInnerKeys)) return ClassifyInner(value, levels - 1, shape);
  return Step::kDone;
}

// Looks for an event in the object at `begin`, and passes over it.
Step DocumentScanner::ClassifyInner(size_t begin, size_t levels, ShapeOf& shape) {
  if (cursor_.Next() != begin) return MakeFault(begin, "expected a JSON value");
  StructuralCursor::Mark mark = cursor_.MarkAt(begin + 1);
  ShapeOf inner;
  Step step = Classify(begin, levels, inner);
  if (step != Step::kDone) return step;
  if (inner.shape == Shape::kEvent && shape.shape < Shape::kInner) shape = {Shape::kInner, begin, 0};
  if (inner.shape == Shape::kInner && shape.shape < Shape::kInner) shape = {Shape::kInner, inner.inner, 0};
  cursor_.Return(mark);
  size_t end = 0;
  return SkipNested(begin, end);
}

// `cursor_` stands before the array's bracket at `open`.
Step DocumentScanner::EnterArray(Frame frame, size_t open) {
  if (cursor_.Next() != open) return MakeFault(open, "expected a JSON array");
  return PushArray(frame, open);
}

Step DocumentScanner::PushArray(Frame frame, size_t open) {
  if (frames_.size() >= max_depth_) {
    return MakeFault(open, "nested too deeply: more than " + std::to_string(max_depth_) + " levels (max_depth)");
  }
  frames_.push_back(frame);
  position_ = open + 1;
  expect_ = Expect::kFirst;
  return Step::kDone;
}

void DocumentScanner::FinishRow() {
  is_log_ = true;
  if (filter_ == nullptr || filter_->Passes(*target_)) {
    ++target_->row;
  } else {
    ClearRow();
  }
}

void DocumentScanner::ClearRow() {
  for (std::string_view* column : target_->columns) {
    if (column != nullptr) column[target_->row] = {};
  }
}

bool DocumentScanner::LacksNeedle(size_t begin, size_t end) {
  if (!has_searched_ || next_needle_ < begin) {
    next_needle_ = needles_->Find(data_, begin, size_);
    has_searched_ = true;
  }
  return next_needle_ >= end;
}

std::optional<TextFault> DocumentScanner::TakeMinorFault() { return std::exchange(minor_fault_, std::nullopt); }

Step DocumentScanner::MakeFault(size_t offset, std::string message) {
  fault_ = {offset, std::move(message)};
  return Step::kFault;
}

}  // namespace opentrail::logs
