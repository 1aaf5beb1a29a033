#include "logs/field_tree.h"

#include <algorithm>
#include <bit>

namespace opentrail::logs {
namespace {

uint8_t Lower(uint8_t byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<uint8_t>(byte | 0x20U) : byte; }

bool EqualsLower(const uint8_t* key, std::string_view name) {
  for (size_t i = 0; i < name.size(); ++i) {
    if (Lower(key[i]) != static_cast<uint8_t>(name[i])) return false;
  }
  return true;
}

constexpr uint64_t kFold = 0x2020202020202020ULL;

uint64_t LoadEight(const uint8_t* bytes) {
  uint64_t eight = 0;
  std::memcpy(&eight, bytes, sizeof(eight));
  return eight;
}

std::string KeyOf(std::string_view name, const KeyRules& rules) {
  const auto mapped = rules.keys.find(std::string(name));
  std::string key = mapped != rules.keys.end() ? mapped->second : std::string(name);
  if (rules.ignores_case) {
    for (char& c : key) c = static_cast<char>(Lower(static_cast<uint8_t>(c)));
  }
  return key;
}

uint64_t Mix(uint64_t tail, size_t length) { return (tail ^ (length << 57)) * 0x9E3779B97F4A7C15ULL; }

}  // namespace

// The last eight bytes; fewer where the key is shorter.
uint64_t FieldNode::Tail(const uint8_t* key, size_t length) {
  uint64_t tail = LoadEight(key + length - sizeof(tail));
  if (length < sizeof(tail)) tail = length == 0 ? 0 : tail >> (8 * (sizeof(tail) - length));
  return tail;
}

bool FieldNode::IsSpelledAsLast(const Entry& entry, const uint8_t* key, size_t length, uint64_t tail) {
  if (entry.spelled_tail != tail) return false;
  if (length <= 8) return true;
  if (entry.spelled_head != LoadEight(key)) return false;
  return length <= 16 || std::memcmp(entry.spelling.data() + 8, key + 8, length - 16) == 0;
}

void FieldNode::Learn(Entry& entry, const uint8_t* key, size_t length) {
  entry.spelling.assign(reinterpret_cast<const char*>(key), length);
  entry.spelled_tail = Tail(key, length);
  entry.spelled_head = length < 8 ? 0 : LoadEight(key);
}

FieldNode* FieldNode::Find(const uint8_t* key, size_t length) {
  if (length > longest_ || entries_.empty()) return nullptr;
  FieldNode* node = FindSpelled(key, length);
  if (node != nullptr || !dots_are_underscores_) [[likely]]
    return node;
  return FindDotted(key, length);
}

FieldNode* FieldNode::FindDotted(const uint8_t* key, size_t length) {
  std::string spelled = std::string(8, ' ') + std::string(reinterpret_cast<const char*>(key), length);
  std::ranges::replace(spelled, '.', '_');
  return FindSpelled(reinterpret_cast<const uint8_t*>(spelled.data()) + 8, length);
}

FieldNode* FieldNode::FindSpelled(const uint8_t* key, size_t length) {
  uint64_t tail = Tail(key, length);
  uint64_t folded = tail | kFold;
  size_t mask = table_.size() - 1;
  for (size_t slot = Mix(folded, length) >> table_shift_; table_[slot & mask] != 0; ++slot) {
    Entry& entry = entries_[table_[slot & mask] - 1];
    if (entry.tail != folded || entry.name.size() != length) continue;
    if (IsSpelledAsLast(entry, key, length, tail)) [[likely]]
      return entry.node;
    if (!ignores_case_ || !EqualsLower(key, entry.name)) continue;
    Learn(entry, key, length);
    return entry.node;
  }
  return nullptr;
}

void FieldNode::AddToFilter(std::string_view name) {
  if (name.size() < 3 || dots_are_underscores_) {
    filter_ = ~uint64_t{0};
    return;
  }
  std::string four = name.size() == 3 ? "\"" + std::string(name) : std::string(name.substr(name.size() - 4));
  uint32_t tail = 0;
  std::memcpy(&tail, four.data(), sizeof(tail));
  filter_ |= uint64_t{1} << FilterBit(tail);
}

void FieldNode::Add(std::string_view name, FieldNode* node) {
  std::string padded = std::string(8, ' ') + std::string(name);  // Tail reads before short keys
  const auto* key = reinterpret_cast<const uint8_t*>(padded.data()) + 8;
  Entry& entry = entries_.emplace_back();
  entry.name = name;
  entry.tail = Tail(key, name.size()) | kFold;
  entry.node = node;
  Learn(entry, key, name.size());
  children_.push_back(node);
  longest_ = std::max(longest_, name.size());
  AddToFilter(name);
  Rehash();
}

void FieldNode::Rehash() {
  size_t size = std::bit_ceil(entries_.size() * 4);
  table_.assign(size, 0);
  table_shift_ = 64 - static_cast<uint32_t>(std::countr_zero(size));
  for (size_t i = 0; i < entries_.size(); ++i) {
    size_t slot = Mix(entries_[i].tail, entries_[i].name.size()) >> table_shift_;
    while (table_[slot & (size - 1)] != 0) ++slot;
    table_[slot & (size - 1)] = static_cast<uint16_t>(i + 1);
  }
}

FieldTree::FieldTree(std::span<const std::string> fields, const KeyRules& rules) {
  const auto add_node = [&]() -> FieldNode& {
    FieldNode& node = nodes_.emplace_back();
    node.id = static_cast<uint32_t>(nodes_.size() - 1);
    node.ignores_case_ = rules.ignores_case;
    node.dots_are_underscores_ = rules.dots_are_underscores;
    return node;
  };
  add_node();
  for (size_t column = 0; column < fields.size(); ++column) {
    std::string_view rest = fields[column];
    if (rest.starts_with('$')) continue;
    FieldNode* node = &nodes_.front();
    while (!rest.empty()) {  // empty: the event itself, which is the root
      std::string_view name = rest.substr(0, rest.find('.'));
      const std::string key = KeyOf(name, rules);
      auto found = std::ranges::find(node->entries_, key, &FieldNode::Entry::name);
      if (found != node->entries_.end()) {
        node = found->node;
      } else {
        FieldNode& child = add_node();
        node->Add(key, &child);
        node = &child;
      }
      if (name.size() == rest.size()) break;
      rest.remove_prefix(name.size() + 1);
    }
    auto to = static_cast<int32_t>(column);
    if (node->column == FieldNode::kNoColumn) {
      node->column = to;
    } else {
      copies_.push_back({node->column, to});
    }
  }
}

}  // namespace opentrail::logs
