#include "logs/record_scanner.h"

#include <bit>

#include "logs/json_key.h"
#include "logs/json_text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace opentrail::logs {
namespace {

constexpr size_t kKeyWindow = 32;  // keys shorter than this are found by one look back

uint32_t LoadFour(const uint8_t* bytes) {
  uint32_t four = 0;
  std::memcpy(&four, bytes, sizeof(four));
  return four;
}

// The last quote in the kKeyWindow bytes before `close`.
size_t FindQuoteBefore(const uint8_t* data, size_t close) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const auto* window = reinterpret_cast<const __m128i*>(data + close - kKeyWindow);
  auto low = static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(window), quote)));
  auto high = static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(window + 1), quote)));
  uint32_t found = low | (high << 16);
  if (found == 0) return kNoQuote;
  return close - static_cast<size_t>(std::countl_zero(found)) - 1;
#else
  for (size_t i = 1; i <= kKeyWindow; ++i) {
    if (data[close - i] == '"') return close - i;
  }
  return kNoQuote;
#endif
}

}  // namespace

RecordScanner::RecordScanner(FieldTree& tree, size_t max_depth) : tree_(tree), max_depth_(max_depth) {
  seen_in_.resize(tree.NodeCount());
}

Step RecordScanner::Scan(StructuralCursor& cursor, size_t begin, RowTarget& target) {
  target_ = &target;
  ++record_;
  is_faulty_ = false;
  Step step = ScanObject(cursor, begin, tree_.Root(), 1);
  if (step != Step::kDone) return step;
  if (tree_.Root().column != FieldNode::kNoColumn) Put(tree_.Root(), Text(begin, end_));
  for (FieldTree::Copy copy : tree_.Copies())
    target.columns[copy.to][target.row] = target.columns[copy.from][target.row];
  return step;
}

Step RecordScanner::ScanObject(StructuralCursor& cursor, size_t begin, FieldNode& node, size_t depth) {
  for (;;) {
    size_t position = cursor.Next();
    if (position == StructuralCursor::kNone) return Step::kEndOfText;
    uint8_t byte = data_[position];
    if (byte == ':') {
      size_t close = position - 1;
      if (data_[close] != '"') [[unlikely]] {
        close = SkipSpacesBack(data_, begin, close);
        if (data_[close] != '"') return MakeFault(position, "expected a key in double quotes before ':'");
      }
      if (!node.MayEndWith(LoadFour(data_ + close - 4)) && !cursor.HasEscapesNear()) continue;
      FieldNode* child = FindKey(cursor, begin, close, node);
      if (is_faulty_) return Step::kFault;
      if (child == nullptr) continue;
      Step step = ScanValue(cursor, position + 1, *child, depth);
      if (step != Step::kDone) return step;
    } else if (byte == '{' || byte == '[') {
      Step step = SkipValue(cursor, position, depth + 1);
      if (step != Step::kDone) return step;
    } else {
      if (byte != '}') return MakeFault(position, "expected '}' at the end of an object, found ']'");
      end_ = position + 1;
      return Step::kDone;
    }
  }
}

FieldNode* RecordScanner::FindKey(const StructuralCursor& cursor, size_t begin, size_t close, FieldNode& node) {
  if (cursor.HasEscapesNear()) [[unlikely]]
    return FindKeySlowly(begin, close, node);
  size_t open = FindQuoteBefore(data_, close);
  if (open == kNoQuote) [[unlikely]] {
    return node.LongestKey() < kKeyWindow ? nullptr : FindKeySlowly(begin, close, node);
  }
  return Placed(node.Find(data_ + open + 1, close - open - 1), begin, open);
}

FieldNode* RecordScanner::Placed(FieldNode* child, size_t begin, size_t open) {
  if (child == nullptr) return nullptr;
  uint8_t before = data_[open - 1];
  if (before != ',' && before != '{') [[unlikely]] {
    size_t previous = SkipSpacesBack(data_, begin, open - 1);
    if (data_[previous] != ',' && data_[previous] != '{') {
      MakeFault(open, "expected ',' before a key");
      return nullptr;
    }
  }
  return child;
}

FieldNode* RecordScanner::FindKeySlowly(size_t begin, size_t close, FieldNode& node) {
  size_t open = FindOpeningQuote(data_, begin, close);
  if (open == kNoQuote) {
    MakeFault(close, "expected a key in double quotes before ':'");
    return nullptr;
  }
  std::string_view spelled = Text(open + 1, close);
  if (spelled.find('\\') == std::string_view::npos) {
    return Placed(node.Find(data_ + open + 1, spelled.size()), begin, open);
  }
  constexpr size_t kLongestEscape = 6;  // \u0065 stands for one byte at least
  if (spelled.size() > node.LongestKey() * kLongestEscape) return nullptr;
  constexpr size_t kTailRoom = 8;  // FieldNode::Find reads before short keys
  std::string decoded(spelled.size() + kTailRoom, ' ');
  Result<size_t, size_t> length = Unescape(spelled, decoded.data() + kTailRoom);
  if (!length) return nullptr;  // it names nothing; whether it is seen at all must not depend on where blocks begin
  return Placed(node.Find(reinterpret_cast<const uint8_t*>(decoded.data()) + kTailRoom, *length), begin, open);
}

Step RecordScanner::ScanValue(StructuralCursor& cursor, size_t position, FieldNode& node, size_t depth) {
  size_t begin = SkipSpaces(data_, position, size_);
  if (begin >= size_) return Step::kEndOfText;
  if (node.HasChildren()) {
    if (seen_in_[node.id] == record_) Clear(node);  // a duplicate key: the last one wins, with all below it
    seen_in_[node.id] = record_;
  }
  uint8_t byte = data_[begin];
  Step step = Step::kDone;
  if (byte == '"') {
    step = ScanString(begin, node);
  } else if (byte == '{' || byte == '[') {
    step = ScanNested(cursor, begin, node, depth + 1);
  } else {
    step = ScanScalar(begin, node);
  }
  if (step != Step::kDone) return step;
  size_t next = SkipSpaces(data_, end_, size_);
  if (next >= size_) return Step::kEndOfText;
  if (data_[next] != ',' && data_[next] != '}') return MakeFault(next, "expected ',' or '}' after a value");
  return Step::kDone;
}

Step RecordScanner::ScanString(size_t begin, const FieldNode& node) {
  StringEnd found = FindStringEnd(data_, begin + 1, size_);
  if (found.position >= size_) return Step::kEndOfText;
  end_ = found.position + 1;
  if (node.column == FieldNode::kNoColumn) return Step::kDone;
  std::string_view text = Text(begin + 1, found.position);
  if (found.has_escapes) {
    char* out = target_->arena->Allocate(text.size());
    Result<size_t, size_t> length = Unescape(text, out);
    if (!length) return MakeFault(begin + 1 + length.error(), "unknown escape in a string");
    target_->arena->Shrink(text.size() - *length);
    text = {out, *length};
  }
  Put(node, text);
  return Step::kDone;
}

Step RecordScanner::ScanNested(StructuralCursor& cursor, size_t begin, FieldNode& node, size_t depth) {
  size_t open = cursor.Next();
  if (open != begin) return MakeFault(begin, "expected a value");
  Step step = Step::kDone;
  if (data_[begin] == '{' && node.HasChildren()) {
    step = depth > max_depth_
               ? MakeFault(begin, "nested too deeply: more than " + std::to_string(max_depth_) + " levels (max_depth)")
               : ScanObject(cursor, begin, node, depth);
  } else {
    step = SkipValue(cursor, begin, depth);
  }
  if (step == Step::kDone && node.column != FieldNode::kNoColumn) Put(node, Text(begin, end_));
  return step;
}

Step RecordScanner::ScanScalar(size_t begin, const FieldNode& node) {
  end_ = FindScalarEnd(data_, begin, size_);
  if (end_ >= size_) return Step::kEndOfText;
  std::string_view text = Text(begin, end_);
  if (!IsJsonScalar(text))
    return MakeFault(begin, "expected a value: a string, number, object, array, true, false or null");
  if (node.column != FieldNode::kNoColumn) Put(node, text == "null" ? std::string_view() : text);
  return Step::kDone;
}

// `cursor` has just given the opening bracket at `open`, which begins level `depth`.
Step RecordScanner::SkipValue(StructuralCursor& cursor, size_t open, size_t depth) {
  size_t close = depth > max_depth_ ? StructuralCursor::kTooDeep : cursor.SkipNested(max_depth_ - depth + 1);
  if (close == StructuralCursor::kNone) return Step::kEndOfText;
  if (close == StructuralCursor::kTooDeep) {
    return MakeFault(open, "nested too deeply: more than " + std::to_string(max_depth_) + " levels (max_depth)");
  }
  if (data_[close] != data_[open] + 2) {  // in ASCII, ']' follows '[' and '}' follows '{' by two
    return MakeFault(close, "a closing bracket that does not match the opening one at offset " + std::to_string(open));
  }
  end_ = close + 1;
  return Step::kDone;
}

void RecordScanner::Clear(const FieldNode& node) {
  if (node.column != FieldNode::kNoColumn) Put(node, {});
  for (const FieldNode* child : node.Children()) Clear(*child);
}

Step RecordScanner::MakeFault(size_t offset, std::string message) {
  is_faulty_ = true;
  fault_ = {offset, std::move(message)};
  return Step::kFault;
}

}  // namespace opentrail::logs
