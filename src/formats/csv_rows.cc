#include "formats/csv_rows.h"

namespace opentrail::formats {

void CsvRows::BeginText(const uint8_t* data, size_t size) { text_ = {reinterpret_cast<const char*>(data), size}; }

std::optional<logs::TextFault> CsvRows::Read(size_t begin, size_t end, logs::RowTarget& target) {
  const std::string_view line = text_.substr(begin, end - begin);
  size_t at = 0;
  size_t column = 0;
  for (const ColumnPlaces::Place& place : places_.places()) {
    for (; column < place.column; ++column) {
      (void)TakeValue(line, at, target);
      if (++at > line.size()) return std::nullopt;
    }
    size_t stop = at;  // a column asked for twice is read twice
    PutValue(target, place, TakeValue(line, stop, target));
  }
  return std::nullopt;
}

std::string_view CsvRows::TakeValue(std::string_view line, size_t& at, logs::RowTarget& target) const {
  const size_t begin = at;
  const size_t stop = std::min(line.find(format_.separator, begin), line.size());
  const std::string_view plain = line.substr(begin, stop - begin);
  if (plain.find(format_.quote) == std::string_view::npos && plain.find(format_.escape) == std::string_view::npos) {
    at = stop;
    return plain;
  }
  return TakeQuoted(line, at, target);
}

std::string_view CsvRows::TakeQuoted(std::string_view line, size_t& at, logs::RowTarget& target) const {
  const size_t begin = at;
  const size_t room = line.size() - begin;
  char* out = target.arena->Allocate(room);
  size_t written = 0;
  bool is_quoted = false;
  const auto next_is = [&](char c) { return at + 1 < line.size() && line[at + 1] == c; };
  for (; at < line.size(); ++at) {
    const char c = line[at];
    if (c == format_.separator && !is_quoted) break;
    if (c == format_.escape && c != format_.quote) {
      if (is_quoted && (next_is(format_.quote) || next_is(format_.escape))) out[written++] = line[++at];
    } else if (c != format_.quote) {
      out[written++] = c;
    } else if (is_quoted && next_is(format_.quote)) {
      out[written++] = line[++at];
    } else {
      // One that neither opens the value nor closes it is part of the text, as the SerDe's parser has it.
      const bool is_inside = at > begin && at + 1 < line.size() && !next_is(format_.separator);
      if (is_inside) out[written++] = c;
      is_quoted = !is_quoted;
    }
  }
  target.arena->Shrink(room - written);
  return {out, written};
}

}  // namespace opentrail::formats
