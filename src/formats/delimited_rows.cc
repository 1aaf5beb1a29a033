#include "formats/delimited_rows.h"

namespace opentrail::formats {

size_t FindSeparator(std::string_view text, size_t begin, char separator, std::optional<char> escape) {
  if (!escape) return std::min(text.find(separator, begin), text.size());
  for (size_t i = begin; i < text.size(); ++i) {
    if (text[i] == *escape) {
      ++i;
    } else if (text[i] == separator) {
      return i;
    }
  }
  return text.size();
}

size_t RemoveEscapes(std::string_view text, char escape, char* out) {
  size_t written = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == escape && i + 1 < text.size()) {
      c = text[++i];
      if (c == 'n') c = '\n';
      if (c == 'r') c = '\r';
    }
    out[written++] = c;
  }
  return written;
}

DelimitedRows::DelimitedRows(const DelimitedFormat& format, ColumnPlaces places)
    : format_(format), places_(std::move(places)) {}

void DelimitedRows::BeginText(const uint8_t* data, size_t size) { text_ = {reinterpret_cast<const char*>(data), size}; }

std::optional<logs::TextFault> DelimitedRows::Read(size_t begin, size_t end, logs::RowTarget& target) {
  const std::string_view line = text_.substr(begin, end - begin);
  size_t at = 0;
  size_t column = 0;
  for (const ColumnPlaces::Place& place : places_.places()) {
    for (; column < place.column; ++column) {
      at = FindSeparator(line, at, format_.separators[0], format_.escape) + 1;
      if (at > line.size()) return std::nullopt;
    }
    const bool takes_rest = format_.last_takes_rest && column + 1 == places_.column_count();
    const size_t stop = takes_rest ? line.size() : FindSeparator(line, at, format_.separators[0], format_.escape);
    Put(place, line.substr(at, stop - at), target);
  }
  return std::nullopt;
}

void DelimitedRows::Put(const ColumnPlaces::Place& place, std::string_view value, logs::RowTarget& target) const {
  if (value == format_.null_text) return;
  if (!place.is_nested && format_.escape && value.find(*format_.escape) != std::string_view::npos) {
    char* out = target.arena->Allocate(value.size());
    const size_t written = RemoveEscapes(value, *format_.escape, out);
    target.arena->Shrink(value.size() - written);
    value = {out, written};
  }
  PutValue(target, place, value);
}

}  // namespace opentrail::formats
