#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "logs/block_masks.h"
#include "logs/predicate.h"

// Finding records by a literal before anything is parsed.
namespace opentrail::logs {

// Searches one text for any of a few byte strings.
class NeedleSearch {
 public:
  explicit NeedleSearch(std::vector<std::string> needles, Kernel kernel = BestKernel());
  // The first needle's position at or past `from`; `size` when there is none. Reads up to 64 bytes past `size`.
  [[nodiscard]] size_t Find(const uint8_t* data, size_t from, size_t size) const;
  [[nodiscard]] const std::vector<std::string>& Needles() const { return needles_; }

 private:
  struct Probe {
    size_t first = 0;   // offsets within the needle of its two rarest bytes
    size_t second = 0;
  };
  [[nodiscard]] size_t FindOne(size_t index, const uint8_t* data, size_t from, size_t size) const;

  std::vector<std::string> needles_;
  std::vector<Probe> probes_;
  bool has_avx2_ = false;
};

// The needles that a question's predicates allow: every event that passes holds one of them, in this text's spelling.
// JSON may spell a character with a backslash, so each literal has two forms: the literal itself, for texts without
// escapes that could spell it otherwise; and its longest run of letters, digits and "_-.: ", which only a writer out to
// hide something would escape, for the rest. A text that escapes even those is not searched but parsed.
class NeedleSet {
 public:
  static constexpr size_t kMinLength = 4;
  static constexpr size_t kMaxNeedles = 8;  // each is a pass over the text

  // None: no predicate has a literal that is worth searching for.
  static std::optional<NeedleSet> Choose(std::span<const Predicate> predicates, Kernel kernel = BestKernel());

  // The search that is right for this text; nullptr: none is, read all of it.
  [[nodiscard]] const NeedleSearch* SearchFor(const uint8_t* data, size_t size) const;

 private:
  NeedleSet(std::vector<std::string> literal, std::vector<std::string> plain, Kernel kernel);

  std::optional<NeedleSearch> literal_;  // none: some literal has a character that JSON must escape
  NeedleSearch plain_;
  Kernel kernel_;
};

}  // namespace opentrail::logs
