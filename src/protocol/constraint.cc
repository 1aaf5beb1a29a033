#include "protocol/constraint.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/ranges.h>

#include "protocol/bounds.h"
#include "protocol/parameters.h"
#include "protocol/pattern.h"
#include "protocol/scalar.h"

namespace opentrail::protocol {
namespace {

// IAM words the patterns of its names and paths for people.
struct WordedPattern {
  std::string_view pattern, words;
};
constexpr WordedPattern kWordedPatterns[] = {
    {R"([\w+=,.@-]+)", "It must contain only alphanumeric characters and/or the following: +=,.@_-"},
    {R"((\u002F)|(\u002F[\u0021-\u007E]+\u002F))",
     "It must begin and end with / and contain only alphanumeric characters and/or / characters."},
    {R"(\u002F[\u0021-\u007F]*)", "It must begin with / and contain only alphanumeric characters and/or / characters."},
    {R"(((/[A-Za-z0-9\.,\+@=_-]+)*)/)",
     "It must begin and end with / and contain only alphanumeric characters and/or / characters."},
};

enum class Scope : uint8_t { kRequired, kAll };

// As Java counts: UTF-16 units. Of broken UTF-8, near enough.
size_t Length(std::string_view text) {
  size_t length = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) length += byte >= 0xF0 ? 2 : 1;
  }
  return length;
}

std::string Lowered(std::string_view name) {
  std::string lowered(name);
  if (!lowered.empty() && lowered[0] >= 'A' && lowered[0] <= 'Z') lowered[0] += 32;
  return lowered;
}

// What a violation is of: where, and the text that is shown of it.
struct Subject {
  const std::string& path;
  std::string_view text;
  bool hidden;
};

bool IsOutside(const Shape& shape, double number) {
  return (shape.max && number > *shape.max) || (shape.min && number < *shape.min);
}

class Checker {
 public:
  Checker(const Service& service, Scope scope) : service_(service), scope_(scope) {}

  void Structure(const Shape& shape, const Value& value, std::string& path) {
    for (const Member& member : shape.members) {
      const Value& of_member = value[member.name];
      if (of_member.IsNull() && !member.required) continue;
      if (Full()) return;
      const size_t mark = Push(path, MemberPath(member));
      if (of_member.IsNull()) {
        Missing(member, path);
      } else {
        Any(*member.shape, of_member, path, member.sensitive);
      }
      path.resize(mark);
    }
  }

  [[nodiscard]] AwsStatus Result() const;

 private:
  [[nodiscard]] bool Full() const { return violations_.size() >= kMaxViolations; }
  [[nodiscard]] bool IsEc2() const { return service_.protocol == Protocol::kEc2; }

  static size_t Push(std::string& path, std::string_view part) {
    const size_t mark = path.size();
    if (!path.empty()) path += '.';
    path += part;
    return mark;
  }

  [[nodiscard]] std::string MemberPath(const Member& member) const {
    return IsEc2() ? ParameterName(member, Protocol::kEc2) : Lowered(member.name);
  }

  void Missing(const Member& member, const std::string& path) {
    // A streamed body is not part of the input that is parsed.
    if (member.streaming) return;
    violations_.push_back(
        IsEc2() ? fmt::format("The request must contain the parameter {}", path)
                : fmt::format("Value null at '{}' failed to satisfy constraint: Member must not be null", path));
  }

  void Any(const Shape& shape, const Value& value, std::string& path, bool sensitive) {
    sensitive = sensitive || shape.sensitive;
    switch (shape.kind) {
      case ShapeKind::kStructure: Structure(shape, value, path); break;
      case ShapeKind::kList: List(shape, value, path, sensitive); break;
      case ShapeKind::kMap: Map(shape, value, path, sensitive); break;
      case ShapeKind::kString: String(shape, value.Text(), path, sensitive); break;
      case ShapeKind::kBlob:
        CheckSize("length", shape, static_cast<double>(value.Bytes().size()), {path, {}, true});
        break;
      case ShapeKind::kInteger:
      case ShapeKind::kLong:
      case ShapeKind::kFloat:
      case ShapeKind::kDouble: Number(shape, value, path, sensitive); break;
      case ShapeKind::kBoolean:
      case ShapeKind::kTimestamp: break;
    }
  }

  void List(const Shape& shape, const Value& value, std::string& path, bool sensitive) {
    const auto size = static_cast<double>(value.elements().size());
    if (IsOutside(shape, size)) {
      const std::optional<std::string> text = ListText(value);
      CheckSize("length", shape, size, {path, text.value_or(""), sensitive || !text});
    }
    size_t number = 0;
    for (const Value& element : value.elements()) {
      if (Full()) return;
      ++number;
      const size_t mark = Push(path, IsEc2() ? fmt::format("{}", number) : fmt::format("{}.member", number));
      if (!element.IsNull()) Any(*shape.element, element, path, sensitive);
      path.resize(mark);
    }
  }

  void Map(const Shape& shape, const Value& value, std::string& path, bool sensitive) {
    CheckSize("length", shape, static_cast<double>(value.members().size()), {path, {}, true});
    for (const Value::Member& entry : value.members()) {
      if (Full()) return;
      const size_t mark = Push(path, fmt::format("{}.member", entry.name));
      if (!entry.value.IsNull()) Any(*shape.element, entry.value, path, sensitive);
      path.resize(mark);
    }
  }

  void String(const Shape& shape, std::string_view text, const std::string& path, bool sensitive) {
    if (scope_ != Scope::kAll) return;
    const Subject subject{path, text, sensitive};
    if (shape.min || shape.max) CheckSize("length", shape, static_cast<double>(Length(text)), subject);
    if (!shape.pattern.empty() && !MatchesPattern(text, shape.pattern).value_or(true)) Pattern(shape, subject);
    if (!shape.enumeration.empty() && std::ranges::find(shape.enumeration, text) == shape.enumeration.end()) {
      Add(subject, fmt::format("satisfy enum value set: [{}]", fmt::join(shape.enumeration, ", ")));
    }
  }

  void Pattern(const Shape& shape, const Subject& subject) {
    const auto* worded = std::ranges::find(kWordedPatterns, shape.pattern, &WordedPattern::pattern);
    if (service_.id != "iam" || worded == std::end(kWordedPatterns)) {
      return Add(subject, fmt::format("satisfy regular expression pattern: {}", shape.pattern));
    }
    if (!whole_message_.empty()) return;
    whole_message_ = fmt::format("The specified value for {} is invalid. {}", subject.path, worded->words);
  }

  void Number(const Shape& shape, const Value& value, const std::string& path, bool sensitive) {
    const double number = value.Number().value_or(0);
    if (!IsOutside(shape, number)) return;
    std::string text;
    AppendScalar(text, value, TimestampText::kSeconds);
    CheckSize("value", shape, number, {path, text, sensitive});
  }

  // `what`: "length" or "value".
  void CheckSize(std::string_view what, const Shape& shape, double size, const Subject& subject) {
    if (scope_ != Scope::kAll) return;
    if (shape.max && size > *shape.max) {
      Add(subject, fmt::format("have {} less than or equal to {:.0f}", what, *shape.max));
    }
    if (shape.min && size < *shape.min) {
      Add(subject, fmt::format("have {} greater than or equal to {:.0f}", what, *shape.min));
    }
  }

  // nullopt where it is too long to be shown, or not of strings.
  [[nodiscard]] static std::optional<std::string> ListText(const Value& list) {
    if (list.elements().size() > kMaxViolations) return std::nullopt;
    std::string text = "[";
    for (const Value& element : list.elements()) {
      if (!element.IsString()) return std::nullopt;
      text += text.size() > 1 ? ", " : "";
      text += element.Text();
    }
    return text + "]";
  }

  // " 'value'"; nothing where it must not be shown, or the service shows none.
  [[nodiscard]] std::string Shown(const Subject& subject) const {
    if (subject.hidden || service_.id == "athena") return {};
    std::string_view cut = subject.text.substr(0, kMaxShownCharacters);
    while (cut.size() < subject.text.size() && !cut.empty() && (subject.text[cut.size()] & 0xC0) == 0x80) {
      cut.remove_suffix(1);
    }
    return fmt::format(" '{}'", cut);
  }

  void Add(const Subject& subject, std::string_view constraint) {
    if (Full()) return;
    violations_.push_back(fmt::format("Value{} at '{}' failed to satisfy constraint: Member must {}", Shown(subject),
                                      subject.path, constraint));
  }

  const Service& service_;
  const Scope scope_;
  std::vector<std::string> violations_;
  std::string whole_message_;
};

AwsStatus Checker::Result() const {
  if (violations_.empty() && whole_message_.empty()) return {};
  if (IsEc2()) return AwsFailure("MissingParameter", "{}", violations_.front());
  std::string message = whole_message_;
  if (!violations_.empty()) {
    message = fmt::format("{} validation error{} detected: {}", violations_.size(), violations_.size() == 1 ? "" : "s",
                          fmt::join(violations_, "; "));
  }
  if (service_.protocol == Protocol::kQuery) return AwsFailure("ValidationError", "{}", message);
  if (service_.id == "athena") return AwsFailure("InvalidRequestException", "{}", message);
  return AwsFailure("ValidationException", "{}", message);
}

Scope ScopeOf(const Service& service) {
  switch (service.protocol) {
    case Protocol::kQuery: return Scope::kAll;
    case Protocol::kJson: return service.id == "cloudtrail" ? Scope::kRequired : Scope::kAll;
    case Protocol::kRestJson: return Scope::kAll;
    case Protocol::kEc2:
    case Protocol::kRestXml: break;
  }
  return Scope::kRequired;
}

}  // namespace

AwsStatus CheckConstraints(const Operation& operation, const Value& input) {
  if (operation.input == nullptr) return {};
  Checker checker(*operation.service, ScopeOf(*operation.service));
  std::string path;
  checker.Structure(*operation.input, input, path);
  return checker.Result();
}

}  // namespace opentrail::protocol
