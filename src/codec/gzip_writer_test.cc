#include "codec/gzip_writer.h"

#include <gtest/gtest.h>

#include "codec/gzip.h"

namespace opentrail::codec {
namespace {

std::string Inflate(std::string_view bytes) {
  const auto stream = NewGzipStream({});
  std::string out(1 << 20, '\0');
  const auto piece = stream->Inflate({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, true,
                                     {reinterpret_cast<uint8_t*>(out.data()), out.size()});
  EXPECT_FALSE(piece.fault);
  out.resize(piece.written);
  return out;
}

TEST(GzipCompress, ComesBack) {
  for (const std::string& text : {std::string(), std::string("{}"), std::string(100'000, 'x')}) {
    EXPECT_EQ(Inflate(GzipCompress(text)), text);
  }
  EXPECT_EQ(GzipCompress("the same"), GzipCompress("the same"));
}

}  // namespace
}  // namespace opentrail::codec
