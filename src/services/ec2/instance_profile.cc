#include "services/ec2/instance_profile.h"

#include <algorithm>

#include "services/ec2/description.h"
#include "services/ec2/handlers.h"
#include "services/ec2/instance.h"
#include "services/ec2/resources.h"
#include "services/iam/entity.h"

namespace opentrail::services::ec2 {
namespace {

using iam::EntityKind;
using iam::MemberSide;

constexpr FilterPath kAssociationFilters[] = {{"instance-id", "InstanceId"}, {"state", "State"}};

// One instance has one profile: the association's id is made of the instance's.
std::string AssociationId(std::string_view instance_id) {
  return "iip-assoc-" + std::string(instance_id.substr(std::min(instance_id.size(), size_t{2})));
}

Value Describe(const Call& call, const Instance& instance, std::string_view status, store::Connection& state) {
  return Value::Object({{"AssociationId", AssociationId(instance.id)},
                        {"InstanceId", instance.id},
                        {"IamInstanceProfile", DescribeInstanceProfile(instance.profile_arn, state)},
                        {"State", status},
                        {"Timestamp", call.now}});
}

AwsResult<Instance> FindAssociated(const Call& call, store::Connection& state) {
  const std::string_view id = call.input["AssociationId"].Text();
  for (Instance& instance : AllInstances(state, call.region, call.now)) {
    if (AssociationId(instance.id) == id && !instance.profile_arn.empty()) return std::move(instance);
  }
  return AwsFailure("InvalidAssociationID.NotFound", "An invalid association-id of '{}' was given for this request.",
                    id);
}

void Keep(store::Connection& state, const Instance& instance) {
  state.Execute("UPDATE ec2_instance SET profile_arn = ? WHERE instance_id = ?", instance.profile_arn, instance.id);
}

Reply Association(Value value) {
  Reply reply;
  reply.output.Set("IamInstanceProfileAssociation", std::move(value));
  return reply;
}

}  // namespace

AwsResult<InstanceProfile> FindInstanceProfile(const Call& call, const Value& specification, store::Connection& state) {
  const bool by_arn = specification.Has("Arn");
  const std::string_view wanted = specification[by_arn ? "Arn" : "Name"].Text();
  const auto profile =
      iam::FindEntity(state, EntityKind::kInstanceProfile, by_arn ? wanted.substr(wanted.rfind('/') + 1) : wanted);
  if (!profile || (by_arn && iam::ArnOf(call.account_id, *profile) != wanted)) {
    return AwsFailure("InvalidParameterValue",
                      "Value ({}) for parameter iamInstanceProfile.{} is invalid. Invalid IAM Instance Profile {}",
                      wanted, by_arn ? "arn" : "name", by_arn ? "ARN" : "name");
  }
  InstanceProfile found{iam::ArnOf(call.account_id, *profile), profile->id, ""};
  for (const iam::Entity& role : iam::ListMembers(state, profile->id, MemberSide::kMembers, EntityKind::kRole, "", 1)) {
    found.role_arn = iam::ArnOf(call.account_id, role);
  }
  return found;
}

Value DescribeInstanceProfile(std::string_view arn, store::Connection& state) {
  Value value = Value::Object({{"Arn", arn}});
  const auto profile = iam::FindEntity(state, EntityKind::kInstanceProfile, arn.substr(arn.rfind('/') + 1));
  if (profile) value.Set("Id", profile->id);
  return value;
}

AwsResult<Reply> AssociateIamInstanceProfile(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto found = FindInstances(state, call, Value::List({call.input["InstanceId"]}));
  if (!found) return std::unexpected(found.error());
  Instance& instance = found->front();
  auto profile = FindInstanceProfile(call, call.input["IamInstanceProfile"], state);
  if (!profile) return std::unexpected(profile.error());
  if (!instance.profile_arn.empty()) {
    return AwsFailure("IncorrectState", "There is an existing association for instance {}", instance.id);
  }
  instance.profile_arn = profile->arn;
  Keep(state, instance);
  return Association(Describe(call, instance, "associating", state));
}

AwsResult<Reply> DisassociateIamInstanceProfile(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto instance = FindAssociated(call, state);
  if (!instance) return std::unexpected(instance.error());
  Value described = Describe(call, *instance, "disassociating", state);
  instance->profile_arn.clear();
  Keep(state, *instance);
  return Association(std::move(described));
}

AwsResult<Reply> ReplaceIamInstanceProfileAssociation(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto instance = FindAssociated(call, state);
  if (!instance) return std::unexpected(instance.error());
  auto profile = FindInstanceProfile(call, call.input["IamInstanceProfile"], state);
  if (!profile) return std::unexpected(profile.error());
  instance->profile_arn = profile->arn;
  Keep(state, *instance);
  return Association(Describe(call, *instance, "associating", state));
}

AwsResult<Reply> DescribeIamInstanceProfileAssociations(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  Value::Elements all;
  for (const Instance& instance : AllInstances(state, call.region, call.now)) {
    if (instance.profile_arn.empty() || instance.wanted == "terminated") continue;
    Value value = Describe(call, instance, "associated", state);
    value.Remove("Timestamp");
    all.push_back(std::move(value));
  }
  if (auto found = SelectIds(call.input["AssociationIds"], "AssociationId", "InvalidAssociationID.NotFound",
                             "association ID", all);
      !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"IamInstanceProfileAssociations", kAssociationFilters}, std::move(all));
}

}  // namespace opentrail::services::ec2
