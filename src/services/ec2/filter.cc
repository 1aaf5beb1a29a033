#include "services/ec2/filter.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "codec/text.h"
#include "codec/timestamp.h"

namespace opentrail::services::ec2 {
namespace {

constexpr int64_t kMinPage = 5;

std::string ScalarText(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kBoolean: return value.Boolean() ? "true" : "false";
    case Value::Kind::kInteger: return std::to_string(*value.Integer());
    case Value::Kind::kTimestamp: return codec::FormatIso8601Milliseconds(*value.Timestamp());
    case Value::Kind::kString: return std::string(value.Text());
    case Value::Kind::kNull:
    case Value::Kind::kDouble:
    case Value::Kind::kBlob:
    case Value::Kind::kList:
    case Value::Kind::kObject: break;
  }
  return {};
}

void Collect(const Value& value, std::string_view path, std::vector<std::string>& found) {
  if (value.IsList()) {
    for (const Value& element : value.elements()) Collect(element, path, found);
  } else if (path.empty()) {
    if (!value.IsNull() && !value.IsObject()) found.push_back(ScalarText(value));
  } else {
    const std::string_view step = path.substr(0, path.find('.'));
    Collect(value[step], path.substr(std::min(path.size(), step.size() + 1)), found);
  }
}

std::vector<std::string> Candidates(const Value& resource, std::string_view name, const FilterPath* path) {
  std::vector<std::string> found;
  if (path != nullptr) {
    Collect(resource, path->path, found);
  } else if (name == "tag-key") {
    Collect(resource, "Tags.Key", found);
  } else {
    for (const Value& tag : resource["Tags"].elements()) {
      if (tag["Key"].Text() == name.substr(4)) found.emplace_back(tag["Value"].Text());
    }
  }
  return found;
}

}  // namespace

bool MatchesPattern(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0;
  size_t star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    if (p < pattern.size() && !escaped && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && ((!escaped && pattern[p] == '?') || pattern[p + (escaped ? 1 : 0)] == text[t])) {
      p += escaped ? 2 : 1;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

AwsStatus ApplyFilters(const Value& filters, std::span<const FilterPath> paths, Value::Elements& resources) {
  if (filters.elements().size() > kMaxFilters) {
    return AwsFailure("FilterLimitExceeded", "The maximum number of filters, {}, has been exceeded", kMaxFilters);
  }
  for (const Value& filter : filters.elements()) {
    const std::string_view name = filter["Name"].Text();
    const auto path = std::ranges::find(paths, name, &FilterPath::name);
    const bool known = path != paths.end() || name == "tag-key" || name.starts_with("tag:");
    if (!known) return AwsFailure("InvalidParameterValue", "The filter '{}' is invalid", name);
    const auto& values = filter["Values"].elements();
    if (values.size() > kMaxFilterValues) {
      return AwsFailure("FilterLimitExceeded", "The maximum number of filter values, {}, has been exceeded",
                        kMaxFilterValues);
    }
    std::erase_if(resources, [&](const Value& resource) {
      const auto candidates = Candidates(resource, name, path != paths.end() ? &*path : nullptr);
      return std::ranges::none_of(values, [&](const Value& value) {
        return std::ranges::any_of(candidates,
                                   [&](const std::string& text) { return MatchesPattern(value.Text(), text); });
      });
    });
  }
  return {};
}

AwsStatus Page(const Value& input, std::string_view list, Value::Elements resources, Value& output) {
  static constexpr std::pair<std::string_view, std::string_view> kIdLists[] = {{"InstanceIds", "instancesSet"},
                                                                               {"VolumeIds", "volumeSet"}};
  for (const auto& [member, set] : kIdLists) {
    if (!input[member].elements().empty() && input.Has("MaxResults"))
      return AwsFailure("InvalidParameterCombination", "The parameter {} cannot be used with the parameter maxResults",
                        set);
  }
  size_t begin = 0;
  if (const std::string_view token = input["NextToken"].Text(); !token.empty()) {
    const auto text = codec::Base64Decode(token);
    const char* end = text ? text->data() + text->size() : nullptr;
    if (!text || std::from_chars(text->data(), end, begin).ptr != end || begin > resources.size()) {
      return AwsFailure("InvalidParameterValue", "Unable to parse pagination token");
    }
  }
  const int64_t limit = input["MaxResults"].Integer(kMinPage);
  if (limit < kMinPage) {
    return AwsFailure(
        "InvalidParameterValue",
        "Value ( {} ) for parameter maxResults is invalid. Expecting a value greater than or equal to {}.", limit,
        kMinPage);
  }
  const size_t rest = resources.size() - begin;
  const size_t end = begin + (input.Has("MaxResults") ? std::min(rest, static_cast<size_t>(limit)) : rest);
  if (end < resources.size()) output.Set("NextToken", codec::Base64Encode(std::to_string(end)));
  resources.erase(resources.begin() + static_cast<std::ptrdiff_t>(end), resources.end());
  resources.erase(resources.begin(), resources.begin() + static_cast<std::ptrdiff_t>(begin));
  output.Set(list, Value::List(std::move(resources)));
  return {};
}

}  // namespace opentrail::services::ec2
