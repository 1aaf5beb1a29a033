#include "engine/row_text.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "codec/text.h"
#include "sql/text.h"

namespace opentrail::engine {
namespace {

using duckdb::idx_t;
using duckdb::list_entry_t;
using duckdb::RecursiveUnifiedVectorFormat;
using formats::DelimitedFormat;
using sql::Type;
using sql::TypeKind;

template <typename T>
const T& At(const RecursiveUnifiedVectorFormat& vector, idx_t index) {
  return duckdb::UnifiedVectorFormat::GetDataUnsafe<T>(vector.unified)[index];
}

bool IsNull(const RecursiveUnifiedVectorFormat& vector, idx_t row) {
  return !vector.unified.validity.RowIsValid(vector.unified.sel->get_index(row));
}

void AppendJsonString(std::string_view text, std::string& out) {
  out.push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          out.push_back(c);
        }
    }
  }
  out.push_back('"');
}

// What JSON writes without quotes.
bool IsJsonNumber(const Type& type, std::string_view text) {
  switch (type.kind()) {
    case TypeKind::kBoolean:
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInteger:
    case TypeKind::kBigint:
    case TypeKind::kDecimal: return true;
    case TypeKind::kReal:
    case TypeKind::kDouble: return text.find_first_of("Ny") == std::string_view::npos;  // NaN, Infinity
    default: return false;
  }
}

char SeparatorAt(const DelimitedFormat& format, size_t level) {
  return format.separators[std::min(level, format.separators.size() - 1)];
}

// Line ends would end the row, and separators the value: they stand behind the escape character, where there is one.
void AppendEscaped(const DelimitedFormat& format, std::string_view text, std::string& out) {
  if (!format.escape) {
    out += text;
    return;
  }
  for (const char c : text) {
    const bool is_special = c == *format.escape || c == '\n' || c == '\r' ||
                            std::ranges::find(format.separators, c) != format.separators.end();
    if (is_special) out.push_back(*format.escape);
    out.push_back(c == '\n' ? 'n' : c == '\r' ? 'r' : c);
  }
}

}  // namespace

RowText::RowText(std::vector<std::string> names, std::vector<Type> types, formats::WriteFormat format)
    : names_(std::move(names)), types_(std::move(types)), format_(std::move(format)) {}

void RowText::Append(const std::vector<RecursiveUnifiedVectorFormat>& columns, idx_t row, std::string& out) {
  const auto* delimited = std::get_if<DelimitedFormat>(&format_.form);
  if (delimited == nullptr) out.push_back('{');
  for (size_t i = 0; i < types_.size(); ++i) {
    if (delimited != nullptr) {
      if (i > 0) out.push_back(delimited->separators[0]);
      AppendDelimited(*delimited, types_[i], columns[i], row, 1, out);
      continue;
    }
    if (i > 0) out.push_back(',');
    AppendJsonString(names_[i], out);
    out.push_back(':');
    AppendJson(types_[i], columns[i], row, out);
  }
  if (delimited == nullptr) out.push_back('}');
  out.push_back('\n');
}

std::string_view RowText::ScalarText(const Type& type, const RecursiveUnifiedVectorFormat& vector, idx_t row) {
  scratch_.clear();
  if (type.kind() == TypeKind::kVarbinary) {
    const auto& bytes = At<duckdb::string_t>(vector, vector.unified.sel->get_index(row));
    scratch_ = codec::Base64Encode({bytes.GetData(), bytes.GetSize()});
  } else {
    renderer_.Render(type, vector, row, scratch_);
  }
  return scratch_;
}

void RowText::AppendJson(const Type& type, const RecursiveUnifiedVectorFormat& vector, idx_t row, std::string& out) {
  if (IsNull(vector, row)) {
    out += "null";
    return;
  }
  const idx_t index = vector.unified.sel->get_index(row);
  if (type.kind() == TypeKind::kRow) return AppendJsonRow(type, vector, index, out);
  if (type.arguments().empty()) {
    const std::string_view text = ScalarText(type, vector, row);
    if (!IsJsonNumber(type, text)) return AppendJsonString(text, out);
    out += text;
    return;
  }
  const auto entry = At<list_entry_t>(vector, index);
  const bool is_map = type.kind() == TypeKind::kMap;
  out.push_back(is_map ? '{' : '[');
  for (idx_t i = 0; i < entry.length; ++i) {
    if (i > 0) out.push_back(',');
    if (!is_map) {
      AppendJson(type.element(), vector.children[0], entry.offset + i, out);
      continue;
    }
    const idx_t place = vector.children[0].unified.sel->get_index(entry.offset + i);
    AppendJsonString(ScalarText(type.key(), vector.children[0].children[0], place), out);
    out.push_back(':');
    AppendJson(type.value(), vector.children[0].children[1], place, out);
  }
  out.push_back(is_map ? '}' : ']');
}

void RowText::AppendJsonRow(const Type& type, const RecursiveUnifiedVectorFormat& vector, idx_t index,
                            std::string& out) {
  out.push_back('{');
  for (size_t i = 0; i < type.arguments().size(); ++i) {
    if (i > 0) out.push_back(',');
    AppendJsonString(sql::LowerCase(type.field_names()[i]), out);
    out.push_back(':');
    AppendJson(type.arguments()[i], vector.children[i], index, out);
  }
  out.push_back('}');
}

void RowText::AppendDelimited(const DelimitedFormat& format, const Type& type,
                              const RecursiveUnifiedVectorFormat& vector, idx_t row, size_t level, std::string& out) {
  if (IsNull(vector, row)) {
    out += format.null_text;
    return;
  }
  const idx_t index = vector.unified.sel->get_index(row);
  const auto separate = [&](size_t i) {
    if (i > 0) out.push_back(SeparatorAt(format, level));
  };
  if (type.kind() == TypeKind::kRow) {
    for (size_t i = 0; i < type.arguments().size(); ++i) {
      separate(i);
      AppendDelimited(format, type.arguments()[i], vector.children[i], index, level + 1, out);
    }
  } else if (type.kind() == TypeKind::kArray) {
    const auto entry = At<list_entry_t>(vector, index);
    for (idx_t i = 0; i < entry.length; ++i) {
      separate(i);
      AppendDelimited(format, type.element(), vector.children[0], entry.offset + i, level + 1, out);
    }
  } else if (type.kind() == TypeKind::kMap) {
    const auto entry = At<list_entry_t>(vector, index);
    for (idx_t i = 0; i < entry.length; ++i) {
      separate(i);
      const idx_t place = vector.children[0].unified.sel->get_index(entry.offset + i);
      AppendDelimited(format, type.key(), vector.children[0].children[0], place, level + 2, out);
      out.push_back(SeparatorAt(format, level + 1));
      AppendDelimited(format, type.value(), vector.children[0].children[1], place, level + 2, out);
    }
  } else {
    AppendEscaped(format, ScalarText(type, vector, row), out);
  }
}

}  // namespace opentrail::engine
