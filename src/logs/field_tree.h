#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace opentrail::logs {

// How the keys of JSON objects are told from the names of fields.
struct KeyRules {
  bool ignores_case = true;
  bool dots_are_underscores = false;        // the key "a.b" is the field "a_b"
  std::map<std::string, std::string> keys;  // field name to the key that it is read from
};

// The keys that matter inside one JSON object, as a trie of the requested dotted fields. Lookups take a key's bytes
// where they stand in the text: at least 8 bytes before the key must be readable. Learns how the text spells each key,
// hence belongs to one thread.
class FieldNode {
 public:
  static constexpr int32_t kNoColumn = -1;

  int32_t column = kNoColumn;  // where this field's value goes
  uint32_t id = 0;             // index among the tree's nodes

  [[nodiscard]] bool HasChildren() const { return !entries_.empty(); }
  // False: no child's key ends in these four bytes (as loaded from before the closing quote).
  [[nodiscard]] bool MayEndWith(uint32_t tail) const { return (filter_ >> FilterBit(tail) & 1) != 0; }
  // The child whose key equals `key`, by the tree's rules; nullptr: none.
  [[nodiscard]] FieldNode* Find(const uint8_t* key, size_t length);
  [[nodiscard]] size_t LongestKey() const { return longest_; }
  [[nodiscard]] std::span<FieldNode* const> Children() const { return children_; }

 private:
  friend class FieldTree;
  struct Entry {
    std::string name;      // the key; in lower case where case is ignored
    std::string spelling;  // as last met
    uint64_t tail = 0;     // of the name
    uint64_t spelled_head = 0;
    uint64_t spelled_tail = 0;
    FieldNode* node = nullptr;
  };

  static uint32_t FilterBit(uint32_t tail) { return ((tail | 0x20202020U) * 0x9E3779B1U) >> 26; }
  static uint64_t Tail(const uint8_t* key, size_t length);
  static bool IsSpelledAsLast(const Entry& entry, const uint8_t* key, size_t length, uint64_t tail);
  static void Learn(Entry& entry, const uint8_t* key, size_t length);
  [[nodiscard]] FieldNode* FindSpelled(const uint8_t* key, size_t length);
  [[nodiscard]] FieldNode* FindDotted(const uint8_t* key, size_t length);
  void Add(std::string_view name, FieldNode* node);
  void AddToFilter(std::string_view name);
  void Rehash();

  std::vector<Entry> entries_;
  std::vector<FieldNode*> children_;
  std::vector<uint16_t> table_;  // hash -> entry + 1; power of two, open addressing
  uint32_t table_shift_ = 0;
  uint64_t filter_ = 0;
  size_t longest_ = 0;
  bool ignores_case_ = true;
  bool dots_are_underscores_ = false;
};

class FieldTree {
 public:
  static constexpr size_t kMaxFields = 4096;

  // Column i of a batch takes fields[i]; names that start with '$' are left out. Lower case, dotted.
  explicit FieldTree(std::span<const std::string> fields, const KeyRules& rules = {});
  FieldTree(const FieldTree&) = delete;
  FieldTree& operator=(const FieldTree&) = delete;

  [[nodiscard]] FieldNode& Root() { return nodes_.front(); }
  [[nodiscard]] size_t NodeCount() const { return nodes_.size(); }
  // Two requested columns of one name: the second is a copy of the first.
  struct Copy {
    int32_t from = 0;
    int32_t to = 0;
  };
  [[nodiscard]] std::span<const Copy> Copies() const { return copies_; }

 private:
  std::deque<FieldNode> nodes_;  // a deque: nodes point at each other
  std::vector<Copy> copies_;
};

}  // namespace opentrail::logs
