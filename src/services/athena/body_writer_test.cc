#include "services/athena/body_writer.h"

#include <chrono>

#include <gtest/gtest.h>

namespace opentrail::services::athena {
namespace {

// Keeps what it is given; refuses everything behind `room` bytes.
class KeptBody final : public BodySink {
 public:
  explicit KeptBody(size_t room = SIZE_MAX, std::chrono::milliseconds pause = {}) : room_(room), pause_(pause) {}

  AwsStatus Write(std::string_view bytes) override {
    std::this_thread::sleep_for(pause_);
    if (text.size() + bytes.size() > room_) return AwsFailure("EntityTooLarge", "no room");
    text += bytes;
    return {};
  }
  AwsStatus Finish(const http::Fields& /*trailers*/) override { return {}; }

  std::string text;

 private:
  const size_t room_;
  const std::chrono::milliseconds pause_;
};

TEST(BodyWriterTest, WritesPiecesInTheirOrder) {
  KeptBody body;
  std::string expected;
  BodyWriter writer(body);
  for (int i = 0; i < 1000; ++i) {
    std::string piece = std::to_string(i) + std::string(static_cast<size_t>(i), 'x');
    expected += piece;
    ASSERT_TRUE(writer.Write(piece));
    EXPECT_TRUE(piece.empty());
  }
  ASSERT_TRUE(writer.Finish());
  EXPECT_EQ(body.text, expected);
}

TEST(BodyWriterTest, TellsOfAnErrorLaterAndWritesNothingBehindIt) {
  KeptBody body(10);
  BodyWriter writer(body);
  AwsStatus status;
  for (int i = 0; i < 1000 && status; ++i) {
    std::string piece = i == 1 ? "much too long" : "ab";
    status = writer.Write(piece);
  }
  if (status) status = writer.Finish();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, "EntityTooLarge");
  EXPECT_EQ(writer.Finish().error().code, "EntityTooLarge");
  EXPECT_EQ(body.text, "ab");
}

TEST(BodyWriterTest, WaitsRatherThanTakeEverything) {
  KeptBody body(SIZE_MAX, std::chrono::milliseconds(20));
  BodyWriter writer(body);
  constexpr size_t kPieces = 5;
  const auto begin = std::chrono::steady_clock::now();
  for (size_t i = 0; i < kPieces; ++i) {
    std::string piece(BodyWriter::kMaxWaitingBytes, 'x');
    ASSERT_TRUE(writer.Write(piece));
  }
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(20 * (kPieces - 1)))
      << "all but the last had to be written first";
  ASSERT_TRUE(writer.Finish());
  EXPECT_EQ(body.text.size(), kPieces * BodyWriter::kMaxWaitingBytes);
}

TEST(BodyWriterTest, DropsWhatWaitsAtItsEnd) {
  KeptBody body(SIZE_MAX, std::chrono::milliseconds(50));
  {
    BodyWriter writer(body);
    for (int i = 0; i < 100; ++i) {
      std::string piece = "x";
      ASSERT_TRUE(writer.Write(piece));
    }
  }
  EXPECT_LT(body.text.size(), 100U);
}

}  // namespace
}  // namespace opentrail::services::athena
