#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "sql/text.h"
#include "sql/type.h"

// Types as text, in Trino's and in Hive's spelling.
namespace opentrail::sql {

namespace {

using MaybeType = std::optional<Type>;

constexpr int kMaxTypeDepth = 64;
constexpr uint32_t kMaxTimePrecision = 12;

// Words, numbers, "quoted names" and single marks, read one after the other.
class TypeReader {
 public:
  explicit TypeReader(std::string_view text) : text_(text) {}

  [[nodiscard]] size_t offset() const { return offset_; }
  void Rewind(size_t offset) { offset_ = offset; }
  [[nodiscard]] bool AtEnd() {
    SkipBlanks();
    return offset_ == text_.size();
  }

  bool TakeMark(char mark) {
    SkipBlanks();
    if (offset_ == text_.size() || text_[offset_] != mark) return false;
    ++offset_;
    return true;
  }

  // A word in lower case, empty where none stands.
  std::string TakeWord() {
    SkipBlanks();
    const size_t begin = offset_;
    while (offset_ < text_.size() && IsWordByte(text_[offset_])) ++offset_;
    return LowerCase(text_.substr(begin, offset_ - begin));
  }

  bool TakeWord(std::string_view word) {
    const size_t begin = offset_;
    if (TakeWord() == word) return true;
    offset_ = begin;
    return false;
  }

  // A field's name: a word, or any text in double quotes.
  std::optional<std::string> TakeName() {
    SkipBlanks();
    if (!TakeMark('"')) {
      std::string word = TakeWord();
      return word.empty() ? std::nullopt : std::optional(std::move(word));
    }
    std::string name;
    while (offset_ < text_.size()) {
      const char c = text_[offset_++];
      if (c != '"') {
        name += c;
      } else if (offset_ < text_.size() && text_[offset_] == '"') {
        name += text_[offset_++];
      } else {
        return name.empty() ? std::nullopt : std::optional(LowerCase(name));
      }
    }
    return std::nullopt;
  }

  std::optional<uint32_t> TakeNumber() {
    SkipBlanks();
    uint32_t number = 0;
    const char* const end = text_.data() + text_.size();
    const auto [next, error] = std::from_chars(text_.data() + offset_, end, number);
    if (error != std::errc()) return std::nullopt;
    offset_ = static_cast<size_t>(next - text_.data());
    return number;
  }

 private:
  static bool IsWordByte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           c == '@' || c == '-' || byte >= 0x80;
  }
  void SkipBlanks() {
    while (offset_ < text_.size() &&
           (text_[offset_] == ' ' || text_[offset_] == '\n' || text_[offset_] == '\t' || text_[offset_] == '\r')) {
      ++offset_;
    }
  }

  std::string_view text_;
  size_t offset_ = 0;
};

// The types of one word that both spellings share.
MaybeType SimpleType(std::string_view word) {
  static constexpr std::pair<std::string_view, TypeKind> kSimple[] = {
      {"boolean", TypeKind::kBoolean}, {"tinyint", TypeKind::kTinyint}, {"smallint", TypeKind::kSmallint},
      {"int", TypeKind::kInteger},     {"integer", TypeKind::kInteger}, {"bigint", TypeKind::kBigint},
      {"double", TypeKind::kDouble},   {"date", TypeKind::kDate},
  };
  for (const auto& [name, kind] : kSimple) {
    if (name == word) return Type(kind);
  }
  return std::nullopt;
}

// (n), or what stands for its absence; nullopt where the parenthesis is broken.
std::optional<uint32_t> TakeLength(TypeReader& reader, uint32_t otherwise) {
  if (!reader.TakeMark('(')) return otherwise;
  const auto number = reader.TakeNumber();
  if (!number || !reader.TakeMark(')')) return std::nullopt;
  return number;
}

MaybeType TakeDecimal(TypeReader& reader, uint32_t default_precision) {
  uint32_t precision = default_precision;
  uint32_t scale = 0;
  if (reader.TakeMark('(')) {
    const auto first = reader.TakeNumber();
    if (!first) return std::nullopt;
    precision = *first;
    if (reader.TakeMark(',')) {
      const auto second = reader.TakeNumber();
      if (!second) return std::nullopt;
      scale = *second;
    }
    if (!reader.TakeMark(')')) return std::nullopt;
  }
  if (precision < 1 || precision > 38 || scale > precision) return std::nullopt;
  return Type::Decimal(precision, scale);
}

MaybeType TakeText(TypeReader& reader, std::string_view word) {
  const bool varchar = word == "varchar";
  const auto length = TakeLength(reader, varchar ? Type::kUnbounded : 1);
  if (!length || (!varchar && *length > 65536)) return std::nullopt;
  return varchar ? Type::Varchar(*length) : Type::Char(*length);
}

// ---- Trino ------------------------------------------------------------------------------------------------------

class TrinoTypeParser {
 public:
  explicit TrinoTypeParser(std::string_view text) : reader_(text) {}

  MaybeType Parse() {
    MaybeType type = TakeType(0);
    return reader_.AtEnd() ? type : std::nullopt;
  }

 private:
  MaybeType TakeType(int depth) {
    if (depth > kMaxTypeDepth) return std::nullopt;
    MaybeType type = TakePrefixType(depth);
    while (type && reader_.TakeWord("array")) type = Type::Array(*std::move(type));  // the standard's suffix form
    return type;
  }

  MaybeType TakePrefixType(int depth) {
    const std::string word = reader_.TakeWord();
    if (auto simple = SimpleType(word)) {
      if (word == "double") reader_.TakeWord("precision");
      return simple;
    }
    if (word == "varchar" || word == "char") return TakeText(reader_, word);
    if (word == "decimal") return TakeDecimal(reader_, 38);
    if (word == "time" || word == "timestamp") return TakeTime(word == "timestamp");
    if (word == "interval") return TakeInterval();
    if (word == "array" || word == "map" || word == "function" || word == "qdigest") return TakeGeneric(word, depth);
    if (word == "row") return TakeRow(depth);
    return OtherWord(word);
  }

  static MaybeType OtherWord(std::string_view word) {
    static constexpr std::pair<std::string_view, TypeKind> kOther[] = {
        {"real", TypeKind::kReal},
        {"varbinary", TypeKind::kVarbinary},
        {"json", TypeKind::kJson},
        {"ipaddress", TypeKind::kIpAddress},
        {"uuid", TypeKind::kUuid},
        {"unknown", TypeKind::kUnknown},
        {"hyperloglog", TypeKind::kHyperLogLog},
        {"p4hyperloglog", TypeKind::kP4HyperLogLog},
        {"tdigest", TypeKind::kTDigest},
        {"setdigest", TypeKind::kSetDigest},
    };
    for (const auto& [name, kind] : kOther) {
      if (name == word) return Type(kind);
    }
    return std::nullopt;
  }

  // TIME, TIMESTAMP, with or without precision and zone.
  MaybeType TakeTime(bool timestamp) {
    const auto precision = TakeLength(reader_, 3);
    if (!precision || *precision > kMaxTimePrecision) return std::nullopt;
    const size_t before = reader_.offset();
    bool zoned = false;
    const bool with = reader_.TakeWord("with");
    if (with || reader_.TakeWord("without")) {
      if (!reader_.TakeWord("time") || !reader_.TakeWord("zone")) {
        reader_.Rewind(before);
      } else {
        zoned = with;
      }
    }
    if (timestamp) return zoned ? Type::TimestampWithTimeZone(*precision) : Type::Timestamp(*precision);
    return zoned ? Type::TimeWithTimeZone(*precision) : Type::Time(*precision);
  }

  MaybeType TakeInterval() {
    const std::string from = reader_.TakeWord();
    if (!reader_.TakeWord("to")) return std::nullopt;
    const std::string to = reader_.TakeWord();
    if (from == "day" && to == "second") return Type(TypeKind::kIntervalDayToSecond);
    if (from == "year" && to == "month") return Type(TypeKind::kIntervalYearToMonth);
    return std::nullopt;
  }

  // array(T), map(K, V), function(A, R); also in angle brackets, as older statements write them.
  MaybeType TakeGeneric(std::string_view word, int depth) {
    const bool angle = reader_.TakeMark('<');
    if (!angle && !reader_.TakeMark('(')) return std::nullopt;
    std::vector<Type> arguments;
    do {
      MaybeType argument = TakeType(depth + 1);
      if (!argument) return std::nullopt;
      arguments.push_back(*std::move(argument));
    } while (reader_.TakeMark(','));
    if (!reader_.TakeMark(angle ? '>' : ')')) return std::nullopt;
    if (word == "array" && arguments.size() == 1) return Type::Array(std::move(arguments[0]));
    if (word == "map" && arguments.size() == 2) return Type::Map(std::move(arguments[0]), std::move(arguments[1]));
    if (word == "function") return Type::Function(std::move(arguments));
    if (word == "qdigest" && arguments.size() == 1) return Type::QDigest(std::move(arguments[0]));
    return std::nullopt;
  }

  MaybeType TakeRow(int depth) {
    if (!reader_.TakeMark('(')) return std::nullopt;
    std::vector<Type> types;
    std::vector<std::string> names;
    do {
      std::string name;
      MaybeType type = TakeField(depth + 1, name);
      if (!type) return std::nullopt;
      types.push_back(*std::move(type));
      names.push_back(std::move(name));
    } while (reader_.TakeMark(','));
    if (!reader_.TakeMark(')')) return std::nullopt;
    return Type::Row(std::move(types), std::move(names));
  }

  // "name type" or "type": a type that fills the place wins, so row(date) is anonymous and row(date date) is not.
  MaybeType TakeField(int depth, std::string& name) {
    const size_t begin = reader_.offset();
    MaybeType type = TakeType(depth);
    if (type && FieldEnds()) return type;
    reader_.Rewind(begin);
    auto taken = reader_.TakeName();
    if (!taken) return std::nullopt;
    name = *std::move(taken);
    return TakeType(depth);
  }

  bool FieldEnds() {
    const size_t here = reader_.offset();
    const bool ends = reader_.TakeMark(',') || reader_.TakeMark(')');
    reader_.Rewind(here);
    return ends;
  }

  TypeReader reader_;
};

// ---- Hive -------------------------------------------------------------------------------------------------------

class HiveTypeParser {
 public:
  explicit HiveTypeParser(std::string_view text) : reader_(text) {}

  MaybeType Parse() {
    MaybeType type = TakeType(0);
    return reader_.AtEnd() ? type : std::nullopt;
  }

 private:
  MaybeType TakeType(int depth) {
    if (depth > kMaxTypeDepth) return std::nullopt;
    const std::string word = reader_.TakeWord();
    if (auto simple = SimpleType(word)) return simple;
    if (word == "string") return Type::Varchar();
    if (word == "float") return Type(TypeKind::kReal);
    if (word == "binary") return Type(TypeKind::kVarbinary);
    if (word == "varchar" || word == "char") return TakeText(reader_, word);
    if (word == "decimal") return TakeDecimal(reader_, 10);
    if (word == "timestamp") return TakeTimestamp();
    if (word == "array") return TakeArray(depth);
    if (word == "map") return TakeMap(depth);
    if (word == "struct") return TakeStruct(depth);
    return std::nullopt;
  }

  MaybeType TakeTimestamp() {
    if (!reader_.TakeWord("with")) return Type::Timestamp();
    const bool zoned = reader_.TakeWord("local") && reader_.TakeWord("time") && reader_.TakeWord("zone");
    return zoned ? MaybeType(Type::TimestampWithTimeZone()) : std::nullopt;
  }

  MaybeType TakeArray(int depth) {
    if (!reader_.TakeMark('<')) return std::nullopt;
    MaybeType element = TakeType(depth + 1);
    if (!element || !reader_.TakeMark('>')) return std::nullopt;
    return Type::Array(*std::move(element));
  }

  MaybeType TakeMap(int depth) {
    if (!reader_.TakeMark('<')) return std::nullopt;
    MaybeType key = TakeType(depth + 1);
    if (!key || !reader_.TakeMark(',')) return std::nullopt;
    MaybeType value = TakeType(depth + 1);
    if (!value || !reader_.TakeMark('>')) return std::nullopt;
    return Type::Map(*std::move(key), *std::move(value));
  }

  MaybeType TakeStruct(int depth) {
    if (!reader_.TakeMark('<')) return std::nullopt;
    std::vector<Type> types;
    std::vector<std::string> names;
    do {
      auto name = reader_.TakeName();
      if (!name || !reader_.TakeMark(':')) return std::nullopt;
      MaybeType type = TakeType(depth + 1);
      if (!type) return std::nullopt;
      names.push_back(*std::move(name));
      types.push_back(*std::move(type));
    } while (reader_.TakeMark(','));
    if (!reader_.TakeMark('>')) return std::nullopt;
    return Type::Row(std::move(types), std::move(names));
  }

  TypeReader reader_;
};

}  // namespace

std::optional<Type> ParseType(std::string_view text) { return TrinoTypeParser(text).Parse(); }

std::optional<std::string> RefusedDecimal(std::string_view text) {
  constexpr std::string_view kName = "decimal(";
  if (!LowerCase(text.substr(0, kName.size())).starts_with(kName)) return std::nullopt;
  uint32_t precision = 0;
  uint32_t scale = 0;
  const char* const end = text.data() + text.size();
  auto [next, error] = std::from_chars(text.data() + kName.size(), end, precision);
  if (error != std::errc()) return std::nullopt;
  while (next < end && (*next == ',' || *next == ' ')) ++next;
  if (*next != ')' && std::from_chars(next, end, scale).ec != std::errc()) return std::nullopt;
  if (precision < 1 || precision > 38) {
    return fmt::format("DECIMAL precision must be in range [1, 38]: {}", precision);
  }
  if (scale <= precision) return std::nullopt;
  return fmt::format("DECIMAL scale must be in range [0, precision ({})]: {}", precision, scale);
}

std::optional<Type> ParseHiveType(std::string_view text) { return HiveTypeParser(text).Parse(); }

}  // namespace opentrail::sql
