// The server's own request parser over any bytes, fed whole and in pieces: both must read the same requests, use up the
// same bytes and refuse in the same way, however the bytes come. Parameters are read from every query.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "http/message.h"
#include "http/request_parser.h"

namespace {

using namespace opentrail::http;

constexpr ServerLimits kLimits{.header_bytes = 4096, .header_fields = 64, .target_bytes = 1024, .body_bytes = 1 << 20};
constexpr size_t kMaxBuffered = 64 * 1024;

// Everything that a connection with these bytes would see.
std::string ReadAll(std::string_view bytes, size_t piece_bytes) {
  RequestParser parser(kLimits);
  std::string seen;
  size_t begin = 0;
  size_t end = 0;
  const auto more = [&] {
    if (end == bytes.size()) return false;
    end = std::min(bytes.size(), end + piece_bytes);
    return true;
  };
  for (;;) {
    parser.Restart();
    while (!parser.has_head()) {
      const auto used = parser.ReadHead(bytes.substr(begin, end - begin));
      if (!used) return seen + "refused " + std::to_string(used.error());
      if (*used > end - begin) std::abort();
      begin += *used;
      if (!parser.has_head() && !more()) return seen;
      if (end - begin > kMaxBuffered + piece_bytes) std::abort();
    }
    const RequestHead head = parser.TakeHead();
    if (head.fields.entries().size() > kLimits.header_fields || head.target.size() > kLimits.target_bytes) std::abort();
    seen += head.method + " " + head.path + "?" + head.query + "\n";
    for (const auto& [name, value] : head.fields.entries()) {
      if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) std::abort();
      seen += name + ": " + value + "\n";
    }
    (void)ParseParameters(head.query, PlusSign::kSpace);
    while (!parser.done()) {
      if (begin == end && !more()) return seen + " cut";
      const auto piece = parser.ReadBody(bytes.substr(begin, end - begin));
      if (!piece) return seen + "refused " + std::to_string(piece.error());
      if (piece->used > end - begin) std::abort();
      begin += piece->used;
      seen += piece->bytes;
      if (piece->used == 0 && !more()) return seen + " cut";
    }
    seen += "\n";
    if (parser.is_connect() || !parser.keep_alive()) return seen;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = ReadAll(bytes, bytes.size() + 1);
  const std::string pieces = ReadAll(bytes, 1 + data[0] % 32);
  // What is too much at once may be refused a little earlier than in pieces, but never read otherwise.
  const auto read = [](const std::string& seen) { return std::string_view(seen).substr(0, seen.rfind("refused ")); };
  const size_t common = std::min(read(whole).size(), read(pieces).size());
  if (read(whole).substr(0, common) != read(pieces).substr(0, common)) std::abort();
  (void)ParseParameters(bytes, PlusSign::kLiteral);
  return 0;
}
