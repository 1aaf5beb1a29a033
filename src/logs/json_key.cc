#include "logs/json_key.h"

#include "logs/json_text.h"

namespace opentrail::logs {

size_t FindOpeningQuote(const uint8_t* data, size_t begin, size_t close) {
  for (size_t i = close; i-- > begin;) {
    if (data[i] != '"') continue;
    size_t backslashes = 0;
    while (i - backslashes > begin && data[i - backslashes - 1] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return i;
    i -= backslashes;
  }
  return kNoQuote;
}

size_t SkipSpacesBack(const uint8_t* data, size_t begin, size_t position) {
  while (position > begin && IsJsonSpace(data[position])) --position;
  return position;
}

std::optional<std::string> KeyBefore(const uint8_t* data, size_t begin, size_t colon) {
  if (colon <= begin) return std::nullopt;
  size_t close = SkipSpacesBack(data, begin, colon - 1);
  if (data[close] != '"') return std::nullopt;
  size_t open = FindOpeningQuote(data, begin, close);
  if (open == kNoQuote) return std::nullopt;
  std::string key(reinterpret_cast<const char*>(data) + open + 1, close - open - 1);
  if (key.find('\\') == std::string::npos) return key;
  std::string decoded(key.size(), '\0');
  Result<size_t, size_t> length = Unescape(key, decoded.data());
  if (!length) return std::nullopt;
  decoded.resize(*length);
  return decoded;
}

}  // namespace opentrail::logs
