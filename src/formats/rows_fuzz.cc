// Lines to values, of every format: no line must bring a reader down, what it gives must be readable, and a line must
// mean the same whatever lines came before it.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "formats/row_reader.h"

namespace {

using namespace opentrail::formats;
namespace logs = opentrail::logs;

constexpr size_t kMargin = 64;
constexpr size_t kMaxDepth = 32;
const std::vector<LineColumn> kColumns = {{"a"}, {"b", true}, {"c_d"}};

std::vector<TableFormat> Formats() {
  DelimitedFormat plain;
  plain.separators[0] = ',';
  DelimitedFormat escaped = plain;
  escaped.escape = '\\';
  escaped.last_takes_rest = true;
  const JsonFormat openx{true, true, true, true, {{"a", "A"}}};
  return {{JsonFormat{}}, {openx},       {plain},
          {escaped},      {CsvFormat{}}, {RegexFormat{R"re((\S+) (?:"([^"]*)"|(-)))re", false}}};
}

struct Text {
  explicit Text(std::string_view text)
      : padded(std::string(kMargin, '\0') + std::string(text) + std::string(kMargin, '\0')) {}
  [[nodiscard]] const uint8_t* data() const { return reinterpret_cast<const uint8_t*>(padded.data()) + kMargin; }
  std::string padded;
};

std::string ReadRow(RowReader& reader, size_t begin, size_t end) {
  logs::Arena arena;
  std::array<std::string_view, 3> values;
  logs::RowTarget target;
  for (std::string_view& value : values) target.columns.push_back(&value);
  target.arena = &arena;
  if (reader.Read(begin, end, target)) return "fault";
  std::string row;
  for (const std::string_view value : values) row += (value.data() == nullptr ? "NULL" : std::string(value)) + "|";
  return row;
}

void CheckFormat(const TableFormat& format, std::string_view text) {
  const std::vector<std::string> fields = {"a", "b", "c_d"};
  auto whole = MakeRowReader(format, kColumns, fields, kMaxDepth);
  if (!whole) std::abort();
  const Text all(text);
  (*whole)->BeginText(all.data(), text.size());
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    auto single = MakeRowReader(format, kColumns, fields, kMaxDepth);
    const Text line(text.substr(begin, end - begin));
    (*single)->BeginText(line.data(), end - begin);
    const std::string among = ReadRow(**whole, begin, end);
    const std::string alone = ReadRow(**single, 0, end - begin);
    if (among != alone) std::abort();
    begin = end + 1;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::vector<TableFormat> formats = Formats();
  if (size == 0) return 0;
  CheckFormat(formats[data[0] % formats.size()], {reinterpret_cast<const char*>(data) + 1, size - 1});
  return 0;
}
