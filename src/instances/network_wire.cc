#include "instances/network_wire.h"

namespace opentrail::instances {
namespace {

using Direction = SecurityGroupRule::Direction;

Value RuleValue(const SecurityGroupRule& rule) {
  return Value::Object({{"Egress", rule.direction == Direction::kEgress},
                        {"Protocol", rule.protocol},
                        {"FromPort", rule.from_port},
                        {"ToPort", rule.to_port},
                        {"Cidr", rule.cidr},
                        {"GroupId", rule.group_id}});
}

SecurityGroupRule RuleOf(const Value& value) {
  return {.direction = value["Egress"].Boolean() ? Direction::kEgress : Direction::kIngress,
          .protocol = std::string(value["Protocol"].Text()),
          .from_port = static_cast<int32_t>(value["FromPort"].Integer(-1)),
          .to_port = static_cast<int32_t>(value["ToPort"].Integer(-1)),
          .cidr = std::string(value["Cidr"].Text()),
          .group_id = std::string(value["GroupId"].Text())};
}

}  // namespace

Value ToValue(const SecurityGroup& group) {
  Value rules = Value::List();
  for (const SecurityGroupRule& rule : group.rules) rules.Append(RuleValue(rule));
  return Value::Object({{"GroupId", group.group_id}, {"VpcId", group.vpc_id}, {"Rules", std::move(rules)}});
}

SecurityGroup SecurityGroupOf(const Value& value) {
  SecurityGroup group{
      .group_id = std::string(value["GroupId"].Text()), .vpc_id = std::string(value["VpcId"].Text()), .rules = {}};
  for (const Value& rule : value["Rules"].elements()) group.rules.push_back(RuleOf(rule));
  return group;
}

Value ToValue(const std::vector<std::string>& texts) {
  Value list = Value::List();
  for (const std::string& text : texts) list.Append(text);
  return list;
}

std::vector<std::string> TextsOf(const Value& value) {
  std::vector<std::string> texts;
  for (const Value& text : value.elements()) texts.emplace_back(text.Text());
  return texts;
}

}  // namespace opentrail::instances
