#include "engine/hive_text_reader.h"

#include <map>
#include <utility>

#include "formats/delimited_rows.h"

namespace opentrail::engine {
namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::list_entry_t;
using duckdb::ListVector;
using duckdb::StructVector;
using duckdb::Vector;
using sql::TypeKind;

// Room for `count` more entries at a list's end; where they begin.
idx_t Grow(Vector& list, idx_t count) {
  const idx_t begin = ListVector::GetListSize(list);
  ListVector::Reserve(list, begin + count);
  ListVector::SetListSize(list, begin + count);
  return begin;
}

void SetList(Vector& list, idx_t row, idx_t begin, idx_t count) {
  SetValid(list, row);
  FlatVector::GetData<list_entry_t>(list)[row] = {begin, count};
}

}  // namespace

HiveTextReader::HiveTextReader(const sql::Type& type, const formats::DelimitedFormat& format, std::vector<size_t> path)
    : type_(type), format_(format), path_(std::move(path)) {}

void HiveTextReader::Read(std::string_view text, Vector& target, idx_t row) {
  size_t level = 1;
  for (const size_t field : path_) {
    if (text.data() == nullptr || text == format_.null_text) return SetNull(target, row);
    const auto parts = Split(text, level++);
    if (field >= parts.size()) return SetNull(target, row);
    text = parts[field];
  }
  ReadValue(type_, text, level, target, row);
}

void HiveTextReader::ReadValue(const sql::Type& type, std::string_view text, size_t level, Vector& target, idx_t row) {
  if (text.data() == nullptr || text == format_.null_text) return SetNull(target, row);
  switch (type.kind()) {
    case TypeKind::kArray: return ReadArray(type, text, level, target, row);
    case TypeKind::kMap: return ReadMap(type, text, level, target, row);
    case TypeKind::kRow: return ReadStruct(type, text, level, target, row);
    default: return ReadScalar(type, text, target, row);
  }
}

void HiveTextReader::ReadScalar(const sql::Type& type, std::string_view text, Vector& target, idx_t row) {
  if (format_.escape && text.find(*format_.escape) != std::string_view::npos) {
    plain_.resize(text.size());
    plain_.resize(formats::RemoveEscapes(text, *format_.escape, plain_.data()));
    text = plain_;
  }
  SetScalarText(target, row, text, type, {.dialect = TextDialect::kHive, .invalid = InvalidText::kIsNull});
}

std::vector<std::string_view> HiveTextReader::Split(std::string_view text, size_t level) const {
  if (level >= format_.separators.size()) return {text};
  std::vector<std::string_view> parts;
  for (size_t at = 0;;) {
    const size_t end = formats::FindSeparator(text, at, format_.separators[level], format_.escape);
    parts.push_back(text.substr(at, end - at));
    if (end == text.size()) return parts;
    at = end + 1;
  }
}

void HiveTextReader::ReadArray(const sql::Type& type, std::string_view text, size_t level, Vector& target, idx_t row) {
  const auto parts = text.empty() ? std::vector<std::string_view>() : Split(text, level);
  const idx_t begin = Grow(target, parts.size());
  for (idx_t i = 0; i < parts.size(); ++i) {
    ReadValue(type.element(), parts[i], level + 1, ListVector::GetEntry(target), begin + i);
  }
  SetList(target, row, begin, parts.size());
}

// Of a key that comes twice the first counts; an entry whose key is none is left out.
void HiveTextReader::ReadMap(const sql::Type& type, std::string_view text, size_t level, Vector& target, idx_t row) {
  std::map<std::string_view, std::string_view> entries;
  const auto parts = text.empty() ? std::vector<std::string_view>() : Split(text, level);
  for (const std::string_view part : parts) {
    const char separator = format_.separators[std::min(level + 1, format_.separators.size() - 1)];
    const size_t end = formats::FindSeparator(part, 0, separator, format_.escape);
    const std::string_view key = part.substr(0, end);
    if (key == format_.null_text) continue;
    entries.try_emplace(key, end < part.size() ? part.substr(end + 1) : std::string_view());
  }
  const idx_t begin = Grow(target, entries.size());
  idx_t count = 0;
  for (const auto& [key, value] : entries) {
    auto& children = StructVector::GetEntries(ListVector::GetEntry(target));
    ReadScalar(type.key(), key, *children[0], begin + count);
    if (FlatVector::IsNull(*children[0], begin + count)) continue;
    SetValid(ListVector::GetEntry(target), begin + count);
    ReadValue(type.value(), value, level + 2, *children[1], begin + count);
    ++count;
  }
  ListVector::SetListSize(target, begin + count);
  SetList(target, row, begin, count);
}

void HiveTextReader::ReadStruct(const sql::Type& type, std::string_view text, size_t level, Vector& target, idx_t row) {
  const auto parts = Split(text, level);
  auto& fields = StructVector::GetEntries(target);
  SetValid(target, row);
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::string_view part = i < parts.size() ? parts[i] : std::string_view();
    ReadValue(type.arguments()[i], part, level + 1, *fields[i], row);
  }
}

}  // namespace opentrail::engine
