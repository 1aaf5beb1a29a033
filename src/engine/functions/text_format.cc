#include "engine/functions/text_format.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "engine/functions/java_number.h"
#include "engine/functions/scalar.h"
#include "engine/functions/utf8.h"

namespace opentrail::engine {
namespace {

using Kind = FormatArgument::Kind;

struct Specifier {
  std::string_view text;  // as written, from '%'
  int index = 0;          // 1-based; 0 is the next argument, -1 the last used one ("%<s")
  std::string_view flags;
  int width = -1;
  int precision = -1;
  char conversion = '\0';
  char moment = '\0';  // what follows a %t

  [[nodiscard]] bool Has(char flag) const { return flags.find(flag) != std::string_view::npos; }
};

std::string_view JavaClass(Kind kind) {
  switch (kind) {
    case Kind::kNull: return "null";
    case Kind::kBoolean: return "java.lang.Boolean";
    case Kind::kInteger: return "java.lang.Long";
    case Kind::kReal: return "java.lang.Double";
    case Kind::kDecimal: return "java.math.BigDecimal";
    case Kind::kText: return "java.lang.String";
    case Kind::kDate: return "java.time.LocalDate";
    case Kind::kTime: return "java.time.LocalTime";
    case Kind::kTimestamp: return "java.time.LocalDateTime";
    case Kind::kZoned: return "java.time.ZonedDateTime";
  }
  return "";
}

// Plain decimal digits, an optional point between: "12", "0.5". What %f and %e round and lay out.
struct Digits {
  bool negative = false;
  std::string whole;  // no leading zeros; "" is 0
  std::string fraction;
};

// From "-12.5", "1.0E10", "1.25E-7".
Digits DigitsOf(std::string_view number) {
  Digits digits;
  digits.negative = number.starts_with('-');
  if (digits.negative) number.remove_prefix(1);
  const size_t mark = std::min(number.find('E'), number.size());
  const int exponent = mark < number.size() ? std::atoi(std::string(number.substr(mark + 1)).c_str()) : 0;
  const std::string_view mantissa = number.substr(0, mark);
  const size_t point = std::min(mantissa.find('.'), mantissa.size());
  digits.whole = mantissa.substr(0, point);
  if (point < mantissa.size()) digits.fraction = mantissa.substr(point + 1);
  for (int i = 0; i < exponent; i++) {
    digits.whole += digits.fraction.empty() ? '0' : digits.fraction.front();
    if (!digits.fraction.empty()) digits.fraction.erase(0, 1);
  }
  for (int i = exponent; i < 0; i++) {
    digits.fraction.insert(0, 1, digits.whole.empty() ? '0' : digits.whole.back());
    if (!digits.whole.empty()) digits.whole.pop_back();
  }
  digits.whole.erase(0, std::min(digits.whole.find_first_not_of('0'), digits.whole.size()));
  return digits;
}

// Half up, as Java rounds decimal digits.
void RoundTo(Digits& digits, int places) {
  const auto wanted = static_cast<size_t>(places);
  if (digits.fraction.size() <= wanted) {
    digits.fraction.append(wanted - digits.fraction.size(), '0');
    return;
  }
  const bool up = digits.fraction[wanted] >= '5';
  digits.fraction.resize(wanted);
  if (!up) return;
  std::string all = digits.whole + digits.fraction;
  size_t at = all.size();
  while (at > 0 && all[at - 1] == '9') all[--at] = '0';
  if (at > 0)
    all[at - 1]++;
  else
    all.insert(0, 1, '1');
  digits.whole = all.substr(0, all.size() - wanted);
  digits.fraction = all.substr(all.size() - wanted);
}

std::string Grouped(const std::string& whole) {
  std::string grouped;
  for (size_t i = 0; i < whole.size(); i++) {
    if (i > 0 && (whole.size() - i) % 3 == 0) grouped += ',';
    grouped += whole[i];
  }
  return grouped;
}

// One run over one format string.
class Formatting {
 public:
  Formatting(std::string_view format, std::span<const FormatArgument> arguments, std::string& out)
      : format_(format), arguments_(arguments), out_(out) {}

  void Run() {
    while (at_ < format_.size()) {
      const size_t percent = std::min(format_.find('%', at_), format_.size());
      out_ += format_.substr(at_, percent - at_);
      at_ = percent;
      if (at_ < format_.size()) Convert(Take());
    }
  }

 private:
  [[noreturn]] void Refuse(std::string_view why) const {
    ThrowInvalidArgument("Invalid format string: {} ({})", format_, why);
  }
  [[noreturn]] void RefuseConversion(const Specifier& specifier, Kind kind) const {
    Refuse(fmt::format("IllegalFormatConversion: {} != {}", specifier.conversion, JavaClass(kind)));
  }

  std::optional<int> TakeNumber() {
    const size_t first = at_;
    int number = 0;
    while (at_ < format_.size() && format_[at_] >= '0' && format_[at_] <= '9') {
      number = number * 10 + (format_[at_++] - '0');
      if (number > kMaxFormatWidth) Refuse(fmt::format("width or precision above {}", kMaxFormatWidth));
    }
    return at_ > first ? std::optional(number) : std::nullopt;
  }

  Specifier Take() {
    Specifier specifier;
    const size_t first = at_++;
    const size_t index_at = at_;
    if (const auto index = TakeNumber(); index && at_ < format_.size() && format_[at_] == '$') {
      specifier.index = *index;
      at_++;
    } else {
      at_ = index_at;  // those digits are flags and width
    }
    if (at_ < format_.size() && format_[at_] == '<') {
      specifier.index = -1;
      at_++;
    }
    const size_t flags = at_;
    while (at_ < format_.size() && std::string_view("-#+ 0,(").find(format_[at_]) != std::string_view::npos) at_++;
    specifier.flags = format_.substr(flags, at_ - flags);
    specifier.width = TakeNumber().value_or(-1);
    if (at_ < format_.size() && format_[at_] == '.') {
      at_++;
      const auto precision = TakeNumber();
      if (!precision) Refuse("UnknownFormatConversion: Conversion = '%'");
      specifier.precision = *precision;
    }
    if (at_ == format_.size()) Refuse("UnknownFormatConversion: Conversion = '%'");
    specifier.conversion = format_[at_++];
    if (specifier.conversion == 't' || specifier.conversion == 'T') {
      if (at_ == format_.size()) Refuse("UnknownFormatConversion: Conversion = '%'");
      specifier.moment = format_[at_++];
    }
    specifier.text = format_.substr(first, at_ - first);
    return specifier;
  }

  const FormatArgument& ArgumentOf(const Specifier& specifier) {
    if (specifier.index >= 0) last_ = specifier.index > 0 ? specifier.index : ++ordinary_;
    if (last_ < 1 || static_cast<size_t>(last_) > arguments_.size()) {
      Refuse(fmt::format("MissingFormatArgument: Format specifier '{}'", specifier.text));
    }
    return arguments_[static_cast<size_t>(last_) - 1];
  }

  void Convert(const Specifier& specifier) {
    switch (specifier.conversion) {
      case '%': return Pad(specifier, "%");
      case 'n': out_ += '\n'; return;
      case 's':
      case 'S': return Text(specifier, ArgumentOf(specifier));
      case 'b':
      case 'B': return Boolean(specifier, ArgumentOf(specifier));
      case 'd':
      case 'x':
      case 'X':
      case 'o': return Integer(specifier, ArgumentOf(specifier));
      case 'f':
      case 'e':
      case 'E': return Real(specifier, ArgumentOf(specifier));
      case 't':
      case 'T': return MomentOf(specifier, ArgumentOf(specifier));
      case 'h':
      case 'H': return Hash(specifier, ArgumentOf(specifier));
      case 'c':
      case 'C': return Character(specifier, ArgumentOf(specifier));
      case 'g':
      case 'G': return General(specifier, ArgumentOf(specifier));
      case 'a':
      case 'A': return Hexadecimal(specifier, ArgumentOf(specifier));
      default: Refuse(fmt::format("UnknownFormatConversion: Conversion = '{}'", specifier.conversion));
    }
  }

  // Upper case where the conversion letter is, then blanks up to the width.
  void Pad(const Specifier& specifier, std::string text) {
    if (specifier.conversion >= 'A' && specifier.conversion <= 'Z') {
      for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    const int64_t missing = specifier.width - CountCodePoints(text);
    const size_t blanks = missing > 0 ? static_cast<size_t>(missing) : 0;
    if (!specifier.Has('-')) out_.append(blanks, ' ');
    out_ += text;
    if (specifier.Has('-')) out_.append(blanks, ' ');
  }

  void Text(const Specifier& specifier, const FormatArgument& argument) {
    std::string text = argument.kind == Kind::kNull ? "null" : argument.text;
    if (specifier.precision >= 0) {
      text.resize(std::min(OffsetOfCodePoint(text, static_cast<size_t>(specifier.precision)), text.size()));
    }
    Pad(specifier, std::move(text));
  }

  void Boolean(const Specifier& specifier, const FormatArgument& argument) {
    const bool value = argument.kind == Kind::kBoolean ? argument.integer != 0 : argument.kind != Kind::kNull;
    Pad(specifier, value ? "true" : "false");
  }

  void Integer(const Specifier& specifier, const FormatArgument& argument) {
    if (argument.kind == Kind::kNull) return Pad(specifier, "null");
    if (argument.kind != Kind::kInteger) RefuseConversion(specifier, argument.kind);
    const auto bits = static_cast<uint64_t>(argument.integer);
    switch (specifier.conversion) {
      case 'x':
      case 'X': return Signed(specifier, false, fmt::format("{}{:x}", specifier.Has('#') ? "0x" : "", bits));
      case 'o': return Signed(specifier, false, fmt::format("{}{:o}", specifier.Has('#') ? "0" : "", bits));
      default: break;
    }
    std::string digits = fmt::format("{}", argument.integer < 0 ? 0 - bits : bits);
    Signed(specifier, argument.integer < 0, specifier.Has(',') ? Grouped(digits) : digits);
  }

  void Real(const Specifier& specifier, const FormatArgument& argument) {
    if (argument.kind == Kind::kNull) return Pad(specifier, "null");
    if (argument.kind != Kind::kReal && argument.kind != Kind::kDecimal) RefuseConversion(specifier, argument.kind);
    if (argument.kind == Kind::kReal && !std::isfinite(argument.real)) {
      return Pad(specifier, std::isnan(argument.real) ? "NaN" : argument.real < 0 ? "-Infinity" : "Infinity");
    }
    const int precision = specifier.precision < 0 ? 6 : specifier.precision;
    Digits digits = DigitsOf(argument.text);
    if (specifier.conversion != 'f') return Scientific(specifier, std::move(digits), precision);
    RoundTo(digits, precision);
    std::string whole = digits.whole.empty() ? "0" : digits.whole;
    if (specifier.Has(',')) whole = Grouped(whole);
    Signed(specifier, digits.negative, precision > 0 ? whole + "." + digits.fraction : whole);
  }

  void MomentOf(const Specifier& specifier, const FormatArgument& argument) {
    if (argument.kind == Kind::kNull) return Pad(specifier, "null");
    auto text = FormatMoment(specifier.moment, argument);
    if (!text) Refuse(fmt::format("IllegalFormatConversion: {} != {}", specifier.moment, JavaClass(argument.kind)));
    Pad(specifier, *std::move(text));
  }

  // Trino has no type of one character to give.
  void Character(const Specifier& specifier, const FormatArgument& argument) {
    if (argument.kind == Kind::kNull) return Pad(specifier, "null");
    Refuse(fmt::format("IllegalFormatConversion: c != {}", JavaClass(argument.kind)));
  }

  // Java's hashCode of a text, a number or a boolean.
  void Hash(const Specifier& specifier, const FormatArgument& argument) {
    uint32_t hash = 0;
    switch (argument.kind) {
      case Kind::kNull: return Pad(specifier, "null");
      case Kind::kBoolean: hash = argument.integer != 0 ? 1231 : 1237; break;
      case Kind::kInteger: hash = Folded(static_cast<uint64_t>(argument.integer)); break;
      case Kind::kReal: hash = Folded(std::bit_cast<uint64_t>(argument.real)); break;
      case Kind::kText:
        for (size_t at = 0; at < argument.text.size();) {
          const uint32_t code = NextCodePoint(argument.text, at);
          if (code >= 0x10000) hash = hash * 31 + (0xD800 + ((code - 0x10000) >> 10));
          hash = hash * 31 + (code < 0x10000 ? code : 0xDC00 + ((code - 0x10000) & 0x3FF));
        }
        break;
      case Kind::kDecimal:
      case Kind::kDate:
      case Kind::kTime:
      case Kind::kTimestamp:
      case Kind::kZoned:
        ThrowTrino("NOT_SUPPORTED", "format conversion '{}' of {} is not supported", specifier.text,
                   JavaClass(argument.kind));
    }
    Pad(specifier, fmt::format("{:x}", hash));
  }

  static uint32_t Folded(uint64_t bits) { return static_cast<uint32_t>(bits ^ (bits >> 32)); }

  // %f where that has no more digits than asked for, else %e.
  void General(const Specifier& specifier, const FormatArgument& argument) {
    if (argument.kind == Kind::kNull) return Pad(specifier, "null");
    if (argument.kind != Kind::kReal && argument.kind != Kind::kDecimal) RefuseConversion(specifier, argument.kind);
    Specifier as = specifier;
    const int precision = specifier.precision < 0 ? 6 : std::max(specifier.precision, 1);
    const double size = std::abs(std::strtod(argument.text.c_str(), nullptr));
    const double rounded = size == 0 ? 0 : std::strtod(fmt::format("{:.{}e}", size, precision - 1).c_str(), nullptr);
    const bool plain = rounded == 0 || (rounded >= 1e-4 && rounded < std::pow(10.0, precision));
    as.conversion = plain ? 'f' : specifier.conversion == 'g' ? 'e' : 'E';
    const int exponent = rounded == 0 ? 0 : static_cast<int>(std::floor(std::log10(rounded)));
    as.precision = plain ? precision - 1 - exponent : precision - 1;
    Real(as, argument);
  }

  void Hexadecimal(const Specifier& specifier, const FormatArgument& argument) {
    if (argument.kind == Kind::kNull) return Pad(specifier, "null");
    if (argument.kind != Kind::kReal) RefuseConversion(specifier, argument.kind);
    if (!std::isfinite(argument.real) || specifier.precision >= 0) {
      ThrowTrino("NOT_SUPPORTED", "format conversion '{}' is not supported", specifier.text);
    }
    std::string text = fmt::format("{:a}", argument.real);
    const size_t exponent = text.find('p');
    if (text[exponent + 1] == '+') text.erase(exponent + 1, 1);
    if (text.find('.') == std::string::npos) text.insert(exponent, ".0");
    Pad(specifier, std::move(text));
  }

  void Scientific(const Specifier& specifier, Digits digits, int precision) {
    std::string all = digits.whole + digits.fraction;
    const size_t leading = std::min(all.find_first_not_of('0'), all.size());
    int exponent = leading == all.size() ? 0 : static_cast<int>(digits.whole.size()) - 1 - static_cast<int>(leading);
    all.erase(0, leading);
    Digits one{digits.negative, all.substr(0, 1), all.empty() ? "" : all.substr(1)};
    RoundTo(one, precision);
    if (one.whole.size() > 1) {  // 9.99 became 10.0
      one.whole = "1";
      exponent++;
    }
    const std::string point = precision > 0 ? "." + one.fraction : "";
    Signed(specifier, digits.negative,
           fmt::format("{}{}e{}{:02}", one.whole.empty() ? "0" : one.whole, point, exponent < 0 ? '-' : '+',
                       std::abs(exponent)));
  }

  void Signed(const Specifier& specifier, bool negative, std::string digits) {
    const bool parenthesis = negative && specifier.Has('(');
    std::string_view sign;
    if (negative)
      sign = parenthesis ? "(" : "-";
    else if (specifier.Has('+'))
      sign = "+";
    else if (specifier.Has(' '))
      sign = " ";
    if (specifier.Has('0')) {
      const int64_t missing = specifier.width - static_cast<int64_t>(digits.size() + sign.size() + parenthesis);
      if (missing > 0) digits.insert(0, static_cast<size_t>(missing), '0');
    }
    Pad(specifier, fmt::format("{}{}{}", sign, digits, parenthesis ? ")" : ""));
  }

  std::string_view format_;
  std::span<const FormatArgument> arguments_;
  std::string& out_;
  size_t at_ = 0;
  int ordinary_ = 0;  // the last argument taken in order
  int last_ = 0;      // the last argument taken at all
};

}  // namespace

void AppendFormatted(std::string_view format, std::span<const FormatArgument> arguments, std::string& out) {
  Formatting(format, arguments, out).Run();
}

}  // namespace opentrail::engine
