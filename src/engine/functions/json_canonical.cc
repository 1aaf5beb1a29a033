#include <algorithm>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/functions/java_number.h"
#include "engine/functions/json_walk.h"

namespace opentrail::engine {
namespace {

void AppendCanonicalNumber(std::string_view number, std::string& out) {
  if (IsJsonInteger(number)) {
    out += number == "-0" ? "0" : number;
    return;
  }
  const double value = ParseDouble(number);
  if (value - value == 0)
    AppendJavaDouble(value, out);
  else
    out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"";  // Java's reading overflows, its writer quotes
}

class CanonicalWriter {
 public:
  CanonicalWriter(std::string_view text, JsonKeyOrder order, std::string& out)
      : cursor_(text), order_(order), out_(out) {}

  bool Write() { return WriteValue(0) && cursor_.AtEnd(); }

 private:
  struct Member {
    std::string_view key;  // decoded: in the text, or among decoded_keys_
    size_t begin = 0;      // of `"key":value` in out_
    size_t end = 0;
  };

  bool WriteValue(int depth) {
    switch (cursor_.Peek()) {
      case '{': return depth < kMaxJsonDepth && WriteObject(depth);
      case '[': return depth < kMaxJsonDepth && WriteArray(depth);
      case '"': return WriteString(nullptr);
      case '\0': return false;
      default: break;
    }
    std::string_view raw;
    if (!cursor_.Value(raw)) return false;
    if (KindOfJson(raw) == JsonKind::kNumber)
      AppendCanonicalNumber(raw, out_);
    else
      out_ += raw;
    return true;
  }

  // Writes the string; `key`, where one is asked for, gets its characters.
  bool WriteString(std::string_view* key) {
    std::string_view raw;
    if (!cursor_.String(raw)) return false;
    if (raw.find('\\') == std::string_view::npos) {
      const size_t begin = out_.size();
      out_.append(1, '"').append(raw).append(1, '"');
      EscapeSupplementary(out_, begin);
      if (key != nullptr) *key = raw;
      return true;
    }
    std::string decoded;
    if (!AppendJsonUnescaped(raw, decoded)) return false;
    AppendJsonQuoted(decoded, out_);
    if (key != nullptr) *key = decoded_keys_.emplace_back(std::move(decoded));
    return true;
  }

  bool WriteArray(int depth) {
    cursor_.Take('[');
    out_ += '[';
    if (!cursor_.Take(']')) {
      bool first = true;
      do {
        if (!first) out_ += ',';
        first = false;
        if (!WriteValue(depth + 1)) return false;
      } while (cursor_.Take(','));
      if (!cursor_.Take(']')) return false;
    }
    out_ += ']';
    return true;
  }

  bool WriteObject(int depth) {
    cursor_.Take('{');
    out_ += '{';
    const size_t first = members_.size();  // those of the enclosing objects lie before
    bool ascending = true;
    if (!cursor_.Take('}')) {
      do {
        if (out_.back() != '{') out_ += ',';
        Member member{.begin = out_.size()};
        if (!WriteString(&member.key) || !cursor_.Take(':')) return false;
        out_ += ':';
        if (!WriteValue(depth + 1)) return false;
        member.end = out_.size();
        if (order_ == JsonKeyOrder::kAsWritten) continue;
        ascending = ascending && (members_.size() == first || members_.back().key < member.key);
        members_.push_back(member);
      } while (cursor_.Take(','));
      if (!cursor_.Take('}')) return false;
    }
    if (!ascending) Reorder(first);
    members_.resize(first);
    out_ += '}';
    return true;
  }

  void Reorder(size_t first) {
    const std::span members(members_.begin() + static_cast<ptrdiff_t>(first), members_.end());
    const size_t begin = members.front().begin;
    std::ranges::sort(members, {}, [](const Member& member) { return std::pair(member.key, member.begin); });
    std::string sorted;
    sorted.reserve(out_.size() - begin);
    for (size_t i = 0; i < members.size(); i++) {
      if (i + 1 < members.size() && members[i].key == members[i + 1].key) continue;  // the last one wins
      if (!sorted.empty()) sorted += ',';
      sorted.append(out_, members[i].begin, members[i].end - members[i].begin);
    }
    out_.replace(begin, out_.size() - begin, sorted);
  }

  JsonCursor cursor_;
  JsonKeyOrder order_;
  std::string& out_;
  std::vector<Member> members_;          // kSorted: of the objects that are open
  std::list<std::string> decoded_keys_;  // keys whose text has escapes
};

}  // namespace

bool AppendJsonCanonical(std::string_view text, JsonKeyOrder order, std::string& out) {
  return CanonicalWriter(text, order, out).Write();
}

}  // namespace opentrail::engine
