#include "services/cloudtrail/selector_rules.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

namespace opentrail::services::cloudtrail {
namespace {

constexpr size_t kMaxBasicSelectors = 5;
constexpr size_t kMaxDataResources = 250;
constexpr size_t kMaxAdvancedSelectors = 500;
constexpr size_t kMaxAdvancedValues = 500;
constexpr size_t kMaxSelectorName = 1000;
constexpr size_t kMaxOperatorValue = 2048;

constexpr std::string_view kReadWriteTypes[] = {"All", "ReadOnly", "WriteOnly"};
constexpr std::string_view kExcludableSources[] = {"kms.amazonaws.com", "rdsdata.amazonaws.com"};
constexpr std::string_view kCategories[] = {"Management", "Data", "NetworkActivity"};
constexpr std::string_view kTruths[] = {"true", "false"};
constexpr std::string_view kOperators[] = {"Equals",    "StartsWith",    "EndsWith",
                                           "NotEquals", "NotStartsWith", "NotEndsWith"};

// What a data resource may name: all of its service, or one thing (or a beginning of it).
struct DataResourceType {
  std::string_view type;
  std::string_view all;
  std::string_view one;        // how the ARN of one begins
  std::string_view separator;  // what must follow within it
};
constexpr DataResourceType kDataResourceTypes[] = {
    {"AWS::S3::Object", "arn:aws:s3", "arn:aws:s3:::", "/"},
    {"AWS::Lambda::Function", "arn:aws:lambda", "arn:aws:lambda:", ":function:"},
    {"AWS::DynamoDB::Table", "arn:aws:dynamodb", "arn:aws:dynamodb:", ":table/"},
};

// What the fields of an advanced selector allow.
struct FieldRule {
  std::string_view field;
  bool equals_only = false;
  std::span<const std::string_view> values = {};  // empty: any
  bool in_management = true;
};
constexpr FieldRule kFieldRules[] = {
    {"eventCategory", true, kCategories},
    {"readOnly", true, kTruths},
    {"eventSource"},
    {"eventName"},
    {"eventType"},
    {"errorCode"},
    {"sessionCredentialFromConsole", true, kTruths},
    {"userIdentity.arn"},
    {"vpcEndpointId"},
    {"resources.type", true, {}, false},
    {"resources.ARN", false, {}, false},
};

template <typename... Args>
std::unexpected<AwsError> Invalid(fmt::format_string<Args...> format, Args&&... args) {
  return AwsFailure("InvalidEventSelectorsException", format, std::forward<Args>(args)...);
}

bool IsOneOf(std::span<const std::string_view> allowed, std::string_view text) {
  return std::ranges::find(allowed, text) != allowed.end();
}

AwsStatus CheckDataValue(const DataResourceType& type, std::string_view value) {
  if (value == type.all || (value == type.one && value.ends_with(":::"))) return {};
  if (value.starts_with(type.one) && value.find(type.separator, type.one.size()) != std::string_view::npos) return {};
  return Invalid("Value {} for DataResources.Values is invalid.", value);
}

AwsResult<Value> CheckedDataResources(const Value& resources, size_t& total) {
  Value list = Value::List();
  for (const Value& resource : resources.elements()) {
    const std::string_view name = resource["Type"].Text();
    const auto* type = std::ranges::find(kDataResourceTypes, name, &DataResourceType::type);
    if (type == std::end(kDataResourceTypes)) return Invalid("Value {} for DataResources.Type is invalid.", name);
    for (const Value& value : resource["Values"].elements()) {
      if (AwsStatus status = CheckDataValue(*type, value.Text()); !status) return std::unexpected(status.error());
    }
    total += resource["Values"].elements().size();
    list.Append(Value::Object({{"Type", name}, {"Values", Value::List(resource["Values"].elements())}}));
  }
  return list;
}

AwsResult<Value> CheckedBasic(const Value& selector, size_t& total) {
  const std::string_view read_write = selector["ReadWriteType"].Text("All");
  if (!IsOneOf(kReadWriteTypes, read_write)) return Invalid("Value {} for ReadWriteType is invalid.", read_write);
  const bool management = selector["IncludeManagementEvents"].Boolean(true);
  const Value& excluded = selector["ExcludeManagementEventSources"];
  for (const Value& source : excluded.elements()) {
    if (!IsOneOf(kExcludableSources, source.Text())) {
      return Invalid("Value {} for ExcludeManagementEventSources is invalid.", source.Text());
    }
  }
  if (!management && !excluded.elements().empty()) {
    return Invalid("ExcludeManagementEventSources needs IncludeManagementEvents to be true.");
  }
  auto resources = CheckedDataResources(selector["DataResources"], total);
  if (!resources) return resources;
  return Value::Object({{"ReadWriteType", read_write},
                        {"IncludeManagementEvents", management},
                        {"DataResources", std::move(*resources)},
                        {"ExcludeManagementEventSources", Value::List(excluded.elements())}});
}

AwsStatus CheckOperator(const FieldRule& rule, std::string_view name, const Value& values) {
  if (rule.equals_only && name != "Equals") return Invalid("Field {} allows Equals alone, not {}.", rule.field, name);
  if (values.elements().empty()) return Invalid("Operator {} of field {} has no values.", name, rule.field);
  for (const Value& value : values.elements()) {
    const std::string_view text = value.Text();
    if (text.empty() || text.size() > kMaxOperatorValue) {
      return Invalid("A value of field {} has 1 to {} characters.", rule.field, kMaxOperatorValue);
    }
    if (!rule.values.empty() && !IsOneOf(rule.values, text)) {
      return Invalid("Value {} for field {} is invalid.", text, rule.field);
    }
  }
  return {};
}

// One FieldSelector, known members alone; counts its values.
AwsResult<Value> CheckedField(const Value& field, size_t& total) {
  const std::string_view name = field["Field"].Text();
  const auto* rule = std::ranges::find(kFieldRules, name, &FieldRule::field);
  if (rule == std::end(kFieldRules)) return Invalid("Field {} is not supported.", name);
  Value checked = Value::Object({{"Field", name}});
  for (const std::string_view operator_name : kOperators) {
    const Value& values = field[operator_name];
    if (values.IsNull()) continue;
    if (AwsStatus status = CheckOperator(*rule, operator_name, values); !status) {
      return std::unexpected(std::move(status.error()));
    }
    total += values.elements().size();
    checked.Set(operator_name, values);
  }
  if (checked.members().size() == 1) return Invalid("Field {} has no operator.", name);
  return checked;
}

const Value& FindField(const Value& fields, std::string_view name) {
  static const Value none;
  const auto& elements = fields.elements();
  const auto found = std::ranges::find_if(elements, [&](const Value& field) { return field["Field"].Text() == name; });
  return found != elements.end() ? *found : none;
}

// A trail can leave out two noisy sources of management events, and no others.
AwsStatus CheckManagementFields(const Value& fields, SelectorOwner owner) {
  for (const Value& field : fields.elements()) {
    const std::string_view name = field["Field"].Text();
    const auto* rule = std::ranges::find(kFieldRules, name, &FieldRule::field);
    if (!rule->in_management) return Invalid("Field {} is not supported for management events.", name);
    if (name != "eventSource" || owner == SelectorOwner::kEventDataStore) continue;
    const auto& sources = field["NotEquals"].elements();
    const bool excludable =
        std::ranges::all_of(sources, [](const Value& value) { return IsOneOf(kExcludableSources, value.Text()); });
    if (sources.empty() || field.members().size() != 2 || !excludable) {
      return Invalid("Field eventSource allows NotEquals of kms.amazonaws.com and rdsdata.amazonaws.com alone.");
    }
  }
  return {};
}

AwsStatus CheckCategory(const Value& fields, SelectorOwner owner) {
  const auto& categories = FindField(fields, "eventCategory")["Equals"].elements();
  if (categories.size() != 1) return Invalid("A selector needs field eventCategory with one value.");
  const std::string_view category = categories.front().Text();
  if (category == "Management") return CheckManagementFields(fields, owner);
  if (category == "Data" && FindField(fields, "resources.type")["Equals"].elements().size() != 1) {
    return Invalid("A selector of data events needs field resources.type with one value.");
  }
  if (category == "NetworkActivity" && FindField(fields, "eventSource").IsNull()) {
    return Invalid("A selector of network activity needs field eventSource.");
  }
  return {};
}

AwsResult<Value> CheckedAdvanced(const Value& selector, size_t& total, SelectorOwner owner) {
  const std::string_view name = selector["Name"].Text();
  if (name.size() > kMaxSelectorName) return Invalid("A selector's name has at most {} characters.", kMaxSelectorName);
  Value fields = Value::List();
  for (const Value& field : selector["FieldSelectors"].elements()) {
    if (!FindField(fields, field["Field"].Text()).IsNull()) {
      return Invalid("Field {} is given twice.", field["Field"].Text());
    }
    auto checked = CheckedField(field, total);
    if (!checked) return checked;
    fields.Append(std::move(*checked));
  }
  if (AwsStatus status = CheckCategory(fields, owner); !status) return std::unexpected(std::move(status.error()));
  Value checked = Value::Object();
  if (!name.empty()) checked.Set("Name", name);
  checked.Set("FieldSelectors", std::move(fields));
  return checked;
}

template <typename Check>
AwsResult<Value> CheckedList(const Value& selectors, size_t max_selectors, size_t max_values, Check check) {
  const size_t count = selectors.elements().size();
  if (count < 1 || count > max_selectors) {
    return Invalid("There are 1 to {} event selectors; here are {}.", max_selectors, count);
  }
  Value list = Value::List();
  size_t total = 0;
  for (const Value& selector : selectors.elements()) {
    auto checked = check(selector, total);
    if (!checked) return checked;
    list.Append(std::move(*checked));
  }
  if (total > max_values) return Invalid("The selectors have {} values; {} is the most.", total, max_values);
  return list;
}

}  // namespace

AwsResult<Value> CheckedEventSelectors(const Value& selectors) {
  return CheckedList(selectors, kMaxBasicSelectors, kMaxDataResources, CheckedBasic);
}

AwsResult<Value> CheckedAdvancedSelectors(const Value& selectors, SelectorOwner owner) {
  return CheckedList(selectors, kMaxAdvancedSelectors, kMaxAdvancedValues,
                     [&](const Value& selector, size_t& total) { return CheckedAdvanced(selector, total, owner); });
}

}  // namespace opentrail::services::cloudtrail
