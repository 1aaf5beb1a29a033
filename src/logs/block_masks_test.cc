#include "logs/block_masks.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace opentrail::logs {
namespace {

struct Classified {
  std::vector<BlockMasks> masks;
  BlockState state;
};

Classified Classify(Kernel kernel, const std::string& text) {
  Classified out;
  out.masks.resize(text.size() / kBlockBytes);
  Classifier(kernel)(reinterpret_cast<const uint8_t*>(text.data()), out.masks.size(), out.state, out.masks.data());
  return out;
}

TEST(BlockMasks, BracketsInStringsDoNotCount) {
  std::string text = R"({"a{":[1,"\"}"]} )";
  text.resize(kBlockBytes, ' ');
  BlockMasks masks = Classify(Kernel::kScalar, text).masks[0];
  EXPECT_EQ(masks.opens, (1ULL << 0) | (1ULL << 6));
  EXPECT_EQ(masks.closes, (1ULL << 14) | (1ULL << 15));
  EXPECT_EQ(masks.colons, 1ULL << 5);
  EXPECT_EQ(masks.escapes, 1ULL << 10);
}

// Text thick with what matters, so that quotes and runs of backslashes fall on every block boundary.
std::string RandomText(std::mt19937& random, size_t blocks) {
  static constexpr std::string_view kBytes = "\\\\\\\\\"\"{}[]:,ab \x01\xC3\xA9z";
  std::string text;
  for (size_t i = 0; i < blocks * kBlockBytes; ++i) text += kBytes[random() % kBytes.size()];
  return text;
}

TEST(BlockMasks, KernelsAgree) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string text = RandomText(random, 1 + round % 70);
    Classified wanted = Classify(Kernel::kScalar, text);
    for (Kernel kernel : {Kernel::kSse, Kernel::kAvx2, Kernel::kAvx512}) {
      if (!IsSupported(kernel)) continue;
      Classified got = Classify(kernel, text);
      EXPECT_EQ(got.state.in_string, wanted.state.in_string);
      EXPECT_EQ(got.state.is_escaped, wanted.state.is_escaped);
      EXPECT_EQ(got.state.non_ascii != 0, wanted.state.non_ascii != 0);
      for (size_t i = 0; i < wanted.masks.size(); ++i) {
        ASSERT_EQ(got.masks[i].opens, wanted.masks[i].opens) << round << " " << i;
        ASSERT_EQ(got.masks[i].closes, wanted.masks[i].closes) << round << " " << i;
        ASSERT_EQ(got.masks[i].colons, wanted.masks[i].colons) << round << " " << i;
        ASSERT_EQ(got.masks[i].escapes, wanted.masks[i].escapes) << round << " " << i;
      }
    }
  }
}

}  // namespace
}  // namespace opentrail::logs
