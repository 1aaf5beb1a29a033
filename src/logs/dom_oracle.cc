#include "logs/dom_oracle.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <simdjson.h>

#include "codec/utf8.h"
#include "logs/document_scanner.h"

namespace opentrail::logs::oracle {
namespace {

namespace dom = simdjson::dom;

constexpr size_t kMaxDepth = 1024;

std::string Folded(std::string_view text) {
  std::string folded(text);
  std::ranges::transform(folded, folded.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return folded;
}

bool IsEventKey(std::string_view key) {
  constexpr std::array<std::string_view, 5> kKeys = {"eventVersion", "eventID", "eventName", "eventTime",
                                                     "eventSource"};
  return std::ranges::find(kKeys, key) != kKeys.end();
}

bool IsFoldedEventKey(std::string_view key) {
  constexpr std::array<std::string_view, 5> kKeys = {"eventversion", "eventid", "eventname", "eventtime",
                                                     "eventsource"};
  return std::ranges::find(kKeys, key) != kKeys.end();
}

// The last member of that name, whatever its case; nullopt: none, or no object.
std::optional<dom::element> Member(dom::element element, std::string_view name) {
  std::optional<dom::element> found;
  dom::object object;
  if (element.get(object) != simdjson::SUCCESS) return found;
  for (dom::key_value_pair field : object) {
    if (Folded(field.key) == name) found = field.value;
  }
  return found;
}

Cell CellOf(dom::element record, std::string_view path) {
  dom::element at = record;
  for (bool more = true; more;) {
    std::string_view name = path.substr(0, path.find('.'));
    more = name.size() < path.size();
    if (more) path.remove_prefix(name.size() + 1);
    std::optional<dom::element> member = Member(at, name);
    if (!member) return {};
    at = *member;
  }
  if (at.is_null()) return {};
  std::string_view text;
  if (at.get(text) == simdjson::SUCCESS) return {false, false, std::string(text)};
  return {false, true, std::string(simdjson::minify(at))};
}

class DomReader {
 public:
  explicit DomReader(const std::vector<std::string>& fields) : fields_(fields) {}

  std::optional<Reading> Read(std::string_view text) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return Reading();
    simdjson::padded_string padded(text);
    dom::parser parser;
    if (parser.allocate(std::max<size_t>(text.size(), 64), kMaxDepth) != simdjson::SUCCESS) return std::nullopt;
    dom::document_stream stream;
    if (parser.parse_many(padded, std::max<size_t>(text.size(), 64) + 64).get(stream) != simdjson::SUCCESS)
      return std::nullopt;
    for (auto document = stream.begin(); document != stream.end(); ++document) {
      dom::element element;
      if ((*document).get(element) != simdjson::SUCCESS) return std::nullopt;
      const bool is_scalar = !element.is_object() && !element.is_array();
      if (is_scalar && IsGlued(text, document.current_index(), document.source())) return std::nullopt;
      ReadTop(element);
    }
    if (stream.truncated_bytes() != 0 || is_undecided_) return std::nullopt;
    return std::move(reading_);
  }

 private:
  // A scalar that touches its neighbours, as in 8[]: whether that is one text or two, readers do not agree.
  static bool IsGlued(std::string_view text, size_t begin, std::string_view source) {
    constexpr std::string_view kSpaces = " \t\r\n";
    const size_t end = begin + source.find_last_not_of(kSpaces) + 1;
    const auto is_space = [&](size_t at) { return kSpaces.find(text[at]) != std::string_view::npos; };
    return (begin > 0 && !is_space(begin - 1)) || (end < text.size() && !is_space(end));
  }

  void ReadTop(dom::element element) {
    dom::array array;
    if (element.get(array) != simdjson::SUCCESS) return ReadLoose(element);
    for (dom::element each : array) ReadLoose(each);
  }

  void ReadRecord(dom::element record) {
    Row row;
    for (const std::string& field : fields_) row.push_back(CellOf(record, field));
    reading_.rows.push_back(std::move(row));
  }

  // An object that may be an event, or hold some.
  void ReadLoose(dom::element element) {
    dom::object object;
    if (element.get(object) != simdjson::SUCCESS) {
      ++reading_.values_skipped;
      return;
    }
    bool is_weak = false;
    std::optional<dom::element> embedded;
    std::optional<dom::element> inner;
    bool is_wrapper = false;
    for (dom::key_value_pair field : object) {
      if (!is_wrapper && IsEventKey(field.key)) return ReadRecord(element);
      std::string key = Folded(field.key);
      is_weak |= IsFoldedEventKey(key);
      if ((key == "records" || key == "events") && field.value.is_array()) {
        is_wrapper = true;
        ReadArray(field.value, key == "records");
      }
      if (key == "cloudtrailevent" && field.value.is_string() && !embedded) embedded = field.value;
      if (!inner) inner = FindInner(key, field.value, 2);
    }
    if (is_wrapper) return;
    if (embedded) return ReadEmbedded(*embedded);
    if (inner) return ReadRecord(*inner);
    if (is_weak) return ReadRecord(element);
    ++reading_.values_skipped;
  }

  void ReadArray(dom::element element, bool are_records) {
    dom::array array;
    if (element.get(array) != simdjson::SUCCESS) return;
    for (dom::element each : array) {
      if (are_records && each.is_object()) {
        ReadRecord(each);
      } else {
        ReadLoose(each);
      }
    }
  }

  static std::optional<dom::element> FindInner(std::string_view key, dom::element value, int levels) {
    dom::object object;
    bool may_hold = key == "detail" || key == "aws" || key == "cloudtrail";
    if (!may_hold || levels == 0 || value.get(object) != simdjson::SUCCESS) return std::nullopt;
    std::optional<dom::element> inner;
    bool has_embedded = false;
    for (dom::key_value_pair field : object) {
      if (IsEventKey(field.key)) return value;
      std::string folded = Folded(field.key);
      if ((folded == "records" || folded == "events") && field.value.is_array()) return std::nullopt;
      has_embedded |= folded == "cloudtrailevent" && field.value.is_string();
      if (!inner) inner = FindInner(folded, field.value, levels - 1);
    }
    return has_embedded ? std::nullopt : inner;
  }

  void ReadEmbedded(dom::element element) {
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS) return;
    dom::parser parser;
    dom::element record;
    if (parser.allocate(std::max<size_t>(text.size(), 64), kMaxDepth) != simdjson::SUCCESS ||
        parser.parse(simdjson::padded_string(text)).get(record) != simdjson::SUCCESS || !record.is_object()) {
      is_undecided_ = true;
      return;
    }
    ReadRecord(record);
  }

  const std::vector<std::string>& fields_;
  Reading reading_;
  bool is_undecided_ = false;
};

// Feeds a DocumentScanner, in parts or whole, and keeps what it reads.
class ScannerRun {
 public:
  ScannerRun(const std::vector<std::string>& fields, Kernel kernel)
      : fields_(fields), tree_(fields), scanner_(tree_, kMaxDepth, kernel) {}

  Reading Read(std::string_view text, size_t part_bytes) {
    scanner_.BeginFile();
    size_t begin = 0;
    size_t wanted = part_bytes == 0 ? text.size() : part_bytes;
    for (;;) {
      size_t size = std::min(wanted, text.size() - begin);
      DocumentScanner::Outcome outcome = ReadPart(text.substr(begin, size), begin + size == text.size());
      if (outcome == DocumentScanner::Outcome::kFault) {
        reading_.fault = fmt::format("at {}: {}", begin + scanner_.Fault().offset, scanner_.Fault().message);
      }
      if (outcome != DocumentScanner::Outcome::kPartEnd) break;
      wanted = scanner_.ResumeAt() == 0 ? size * 2 : part_bytes;
      begin += scanner_.ResumeAt();
    }
    if (std::optional<TextFault> minor = scanner_.TakeMinorFault()) reading_.fault = minor->message;
    reading_.values_skipped = scanner_.ValuesSkipped();
    return std::move(reading_);
  }

 private:
  static constexpr size_t kRoom = 64;
  static constexpr size_t kRows = 7;  // small: batches end often

  DocumentScanner::Outcome ReadPart(std::string_view text, bool is_last) {
    std::string padded = std::string(kRoom, '\0') + std::string(text) + std::string(kBlockBytes, '\0');
    scanner_.BeginPart(reinterpret_cast<const uint8_t*>(padded.data()) + kRoom, text.size(), is_last, nullptr);
    for (;;) {
      std::vector<std::vector<std::string_view>> columns(fields_.size(), std::vector<std::string_view>(kRows));
      Arena arena;
      RowTarget target;
      target.arena = &arena;
      for (auto& column : columns) target.columns.push_back(column.data());
      DocumentScanner::Outcome outcome = scanner_.Run(target, kRows, nullptr);
      for (size_t row = 0; row < target.row; ++row) AddRow(columns, row);
      if (outcome != DocumentScanner::Outcome::kRowsFull) return outcome;
    }
  }

  void AddRow(const std::vector<std::vector<std::string_view>>& columns, size_t row) {
    Row cells;
    for (const auto& column : columns) {
      std::string_view value = column[row];
      cells.push_back({value.data() == nullptr, false, std::string(value)});
    }
    reading_.rows.push_back(std::move(cells));
  }

  const std::vector<std::string>& fields_;
  FieldTree tree_;
  DocumentScanner scanner_;
  Reading reading_;
};

// Compares as JSON texts.
bool IsSameJson(const std::string& minified, const std::string& raw) {
  dom::parser parser;
  dom::element element;
  if (parser.parse(simdjson::padded_string(raw)).get(element) != simdjson::SUCCESS) return false;
  return minified == std::string(simdjson::minify(element));
}

bool IsSame(const Cell& dom, const Cell& scanned) {
  if (dom.is_null != scanned.is_null) return false;
  return dom.is_json ? IsSameJson(dom.text, scanned.text) : dom.text == scanned.text;
}

}  // namespace

std::optional<Reading> ReadWithDom(std::string_view text, const std::vector<std::string>& fields) {
  return DomReader(fields).Read(text);
}

Reading ReadWithScanner(std::string_view text, const std::vector<std::string>& fields, Kernel kernel,
                        size_t part_bytes) {
  return ScannerRun(fields, kernel).Read(text, part_bytes);
}

std::string Difference(const Reading& dom, const Reading& scanned) {
  if (scanned.fault) return "the scanner refuses what the DOM reads: " + *scanned.fault;
  if (dom.rows.size() != scanned.rows.size()) {
    return fmt::format("{} rows by the DOM, {} by the scanner", dom.rows.size(), scanned.rows.size());
  }
  if (dom.values_skipped != scanned.values_skipped) {
    return fmt::format("{} values skipped by the DOM, {} by the scanner", dom.values_skipped, scanned.values_skipped);
  }
  for (size_t row = 0; row < dom.rows.size(); ++row) {
    for (size_t column = 0; column < dom.rows[row].size(); ++column) {
      const Cell& wanted = dom.rows[row][column];
      const Cell& got = scanned.rows[row][column];
      if (IsSame(wanted, got)) continue;
      return fmt::format("row {} column {}: {} by the DOM, {} by the scanner", row, column,
                         wanted.is_null ? "NULL" : wanted.text, got.is_null ? "NULL" : got.text);
    }
  }
  return "";
}

}  // namespace opentrail::logs::oracle
