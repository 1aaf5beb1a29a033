#include "services/iam/service_access.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "codec/json_value.h"
#include "iam/policy_body.h"
#include "services/iam/entity.h"
#include "services/iam/managed_policy.h"
#include "services/iam/page.h"
#include "services/iam/policy_source.h"

namespace opentrail::services::iam {
namespace {

using opentrail::iam::PolicyPointer;
using opentrail::iam::PrincipalType;

constexpr int64_t kKeptMilliseconds = 7LL * 24 * 3600 * 1000;
constexpr int64_t kKeptReports = 100;
constexpr int64_t kTrackedMilliseconds = 400LL * 24 * 3600 * 1000;  // as far as AWS looks back
constexpr int64_t kAll = 10'000;
constexpr std::string_view kByAction = "ACTION_LEVEL", kByService = "SERVICE_LEVEL";

struct ServiceName {
  std::string_view space, name;
};
constexpr ServiceName kServiceNames[] = {{"athena", "Amazon Athena"},
                                         {"cloudtrail", "AWS CloudTrail"},
                                         {"ec2", "Amazon EC2"},
                                         {"glue", "AWS Glue"},
                                         {"iam", "AWS Identity and Access Management"},
                                         {"kms", "AWS Key Management Service"},
                                         {"s3", "Amazon S3"},
                                         {"sts", "AWS Security Token Service"}};

// S3's actions are not its operations; of it the service alone is told.
bool TracksActions(std::string_view space) { return space != "s3"; }

// --- what policies grant ---------------------------------------------------------------------------------------------

// "ec2:*" and "EC2:Describe*" are of "ec2"; "*" is of all.
bool IsOfService(std::string_view pattern, std::string_view space) {
  if (pattern == "*") return true;
  const std::string_view prefix = pattern.substr(0, pattern.find(':'));
  return std::ranges::equal(prefix, space,
                            [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

bool GrantsService(const opentrail::iam::PatternSet& actions, std::string_view space) {
  const std::string all = fmt::format("{}:*", space);
  return actions.inverted != std::ranges::any_of(actions.patterns, [&](const opentrail::iam::Pattern& pattern) {
           if (!actions.inverted) return IsOfService(pattern.text(), space);
           return pattern.text() == "*" || pattern.text() == all;
         });
}

bool GrantsAction(const opentrail::iam::PatternSet& actions, std::string_view action) {
  return actions.inverted != std::ranges::any_of(actions.patterns, [&](const opentrail::iam::Pattern& pattern) {
           return pattern.Matches(action, {}, opentrail::iam::Wildcards::kOn, opentrail::iam::LetterCase::kIgnored);
         });
}

template <typename Test>
bool AnyAllows(const std::vector<PolicyPointer>& policies, Test test) {
  return std::ranges::any_of(policies, [&](const PolicyPointer& policy) {
    return std::ranges::any_of(policy->body().statements, [&](const opentrail::iam::Statement& statement) {
      return statement.effect == opentrail::iam::Effect::kAllow && test(statement.actions);
    });
  });
}

// --- whom a report is about

struct Subject {
  std::vector<Entity> entities;  // users and roles, whose calls count
  std::vector<PolicyPointer> policies;
};

void AddUsersOf(store::Connection& state, const Entity& group, std::vector<Entity>& entities) {
  for (Entity& user : ListMembers(state, group.id, MemberSide::kMembers, EntityKind::kUser, "", kAll))
    entities.push_back(std::move(user));
}

void AddOwnersOf(store::Connection& state, std::string_view policy_arn, std::vector<Entity>& entities) {
  std::vector<std::string> owners;
  {
    store::Rows rows = state.Query("SELECT owner FROM iam_attachment WHERE policy_arn = ?", policy_arn);
    while (rows.Next()) owners.emplace_back(rows.Text(0));
  }
  for (const std::string& owner : owners) {
    auto entity = FindEntityById(state, owner);
    if (!entity) continue;
    if (entity->kind == EntityKind::kGroup) {
      AddUsersOf(state, *entity, entities);
    } else {
      entities.push_back(std::move(*entity));
    }
  }
}

AwsResult<Subject> FindSubject(const Context& context, const std::string& arn) {
  Subject subject;
  if (arn.contains(":policy/")) {
    const auto document = ManagedDocument(context.state, context.account_id(), arn);
    if (!document) return AwsFailure("NoSuchEntity", "Policy {} does not exist or is not attachable.", arn);
    auto policy = opentrail::iam::Policy::Parse(*document, opentrail::iam::PolicyKind::kIdentity);
    if (policy) subject.policies.push_back(std::move(*policy));
    AddOwnersOf(context.state, arn, subject.entities);
    return subject;
  }
  const std::string name = arn.substr(arn.rfind('/') + 1);
  for (const EntityKind kind : {EntityKind::kUser, EntityKind::kGroup, EntityKind::kRole}) {
    const auto entity = FindEntity(context.state, kind, name);
    if (!entity || ArnOf(context.account_id(), *entity) != arn) continue;
    subject.policies = ReadPolicies(context.state, context.account_id(), entity->id).identity;
    if (kind == EntityKind::kGroup) {
      AddUsersOf(context.state, *entity, subject.entities);
    } else {
      subject.entities.push_back(*entity);
    }
    return subject;
  }
  const bool is_kind = arn.contains(":user/") || arn.contains(":group/") || arn.contains(":role/");
  if (!is_kind) return AwsFailure("InvalidInput", "{} is not the ARN of a user, group, role or policy.", arn);
  return AwsFailure("NoSuchEntity", "The entity with ARN {} cannot be found.", arn);
}

// --- what they did

struct Access {
  int64_t time = 0;  // epoch milliseconds; 0: never
  std::string region, entity_arn;

  void Take(const Access& other) {
    if (other.time > time) *this = other;
  }
};

struct ServiceAccess {
  Access last;
  int64_t entities = 0;
  std::map<std::string, Access, std::less<>> actions;
};

std::map<std::string, ServiceAccess, std::less<>> AccessesOf(const Context& context, const Subject& subject) {
  std::map<std::string, ServiceAccess, std::less<>> services;
  const int64_t since = context.now_ms() - kTrackedMilliseconds;
  for (const Entity& entity : subject.entities) {
    const std::string arn = ArnOf(context.account_id(), entity);
    store::Rows rows = context.state.Query(
        "SELECT service, action, time, region FROM iam_service_access WHERE entity = ? AND time >= ? ORDER BY service",
        entity.id, since);
    std::string counted;
    while (rows.Next()) {
      ServiceAccess& service = services[std::string(rows.Text(0))];
      const Access access{.time = rows.Integer(2), .region = std::string(rows.Text(3)), .entity_arn = arn};
      service.last.Take(access);
      service.actions[std::string(rows.Text(1))].Take(access);
      if (counted != rows.Text(0)) ++service.entities;
      counted = rows.Text(0);
    }
  }
  return services;
}

// --- the report

// As it is kept: times as epoch milliseconds.
void SetAccess(Value& value, const Access& access, std::string_view kind) {
  if (access.time == 0) return;
  value.Set(fmt::format("Last{}{}", kind, kind == "Authenticated" ? "" : "Time"), access.time)
      .Set(fmt::format("Last{}Entity", kind), access.entity_arn)
      .Set(fmt::format("Last{}Region", kind), access.region);
}

Value ActionsOf(const protocol::Service& model, const Subject& subject, const ServiceAccess& service) {
  Value actions = Value::List();
  for (const protocol::Operation& operation : model.operations) {
    const std::string action = fmt::format("{}:{}", model.id, operation.name);
    if (!AnyAllows(subject.policies, [&](const auto& granted) { return GrantsAction(granted, action); })) continue;
    Value item = Value::Object({{"ActionName", operation.name}});
    const auto found = service.actions.find(operation.name);
    if (found != service.actions.end()) SetAccess(item, found->second, "Accessed");
    actions.Append(std::move(item));
  }
  return actions;
}

Value MakeReport(const Context& context, const Subject& subject, bool by_action) {
  const auto accesses = AccessesOf(context, subject);
  Value services = Value::List();
  for (const auto& [space, name] : kServiceNames) {
    if (!AnyAllows(subject.policies, [&](const auto& granted) { return GrantsService(granted, space); })) continue;
    const auto found = accesses.find(space);
    const ServiceAccess service = found != accesses.end() ? found->second : ServiceAccess();
    Value item = Value::Object({{"ServiceName", name}, {"ServiceNamespace", space}});
    SetAccess(item, service.last, "Authenticated");
    item.Set("TotalAuthenticatedEntities", service.entities);
    if (by_action && TracksActions(space))
      item.Set("TrackedActionsLastAccessed", ActionsOf(*protocol::FindService(space), subject, service));
    services.Append(std::move(item));
  }
  return services;
}

// The kept report's times as times.
void RestoreTimes(Value& service) {
  const auto restore = [](Value& object, std::string_view member) {
    if (const auto time = object[member].Integer()) object.Set(member, FromMilliseconds(*time));
  };
  restore(service, "LastAuthenticated");
  if (!service.Has("TrackedActionsLastAccessed")) return;
  for (Value& action : service.At("TrackedActionsLastAccessed").mutable_elements()) restore(action, "LastAccessedTime");
}

}  // namespace

std::string_view AccessingEntity(const opentrail::iam::Principal& principal) {
  switch (principal.type) {
    case PrincipalType::kIamUser: return principal.principal_id;
    case PrincipalType::kAssumedRole:
    case PrincipalType::kFederatedUser:
      if (!principal.session || !principal.session->issuer || principal.session->issuer->type == "Root") return {};
      return principal.session->issuer->principal_id;
    case PrincipalType::kRoot:
    case PrincipalType::kAwsService:
    case PrincipalType::kAnonymous: break;
  }
  return {};
}

void NoteServiceAccess(store::Connection& state, std::string_view entity_id, const Call& call) {
  state.Execute(
      "INSERT OR REPLACE INTO iam_service_access(entity, service, action, time, region) VALUES(?, ?, ?, ?, ?)",
      entity_id, call.operation->service->signing_name, call.operation->name, ToMilliseconds(call.now), call.region);
}

AwsResult<Reply> GenerateServiceLastAccessedDetails(Context& context) {
  const std::string arn = context.Text("Arn");
  const auto subject = FindSubject(context, arn);
  if (!subject) return std::unexpected(subject.error());
  const std::string_view granularity = context.input["Granularity"].Text(kByService);
  const std::string job = RandomUuid(context.random());
  context.state.Execute("INSERT INTO iam_access_report(job_id, granularity, made, services) VALUES(?, ?, ?, ?)", job,
                        granularity, context.now_ms(),
                        codec::WriteJson(MakeReport(context, *subject, granularity == kByAction)));
  context.state.Execute(
      "DELETE FROM iam_access_report WHERE made <= ? OR job_id NOT IN "
      "(SELECT job_id FROM iam_access_report ORDER BY made DESC, rowid DESC LIMIT ?)",
      context.now_ms() - kKeptMilliseconds, kKeptReports);
  return Reply{.output = Value::Object({{"JobId", job}})};
}

AwsResult<Reply> GetServiceLastAccessedDetails(Context& context) {
  Page page(context, "ServicesLastAccessed");
  if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
  store::Rows rows =
      context.state.Query("SELECT granularity, made, services FROM iam_access_report WHERE job_id = ? AND made > ?",
                          context.input["JobId"].Text(), context.now_ms() - kKeptMilliseconds);
  if (!rows.Next()) {
    return AwsFailure("NoSuchEntity", "The report with JobId {} cannot be found.", context.Text("JobId"));
  }
  auto services = codec::ParseJsonValue(rows.Text(2));
  if (!services) return AwsFailure("ServiceFailure", "The report cannot be read.");
  for (Value& service : services->mutable_elements()) {
    const std::string space(service["ServiceNamespace"].Text());
    if (space <= page.after() || !page.WantsMore()) continue;
    RestoreTimes(service);
    page.Add(space, std::move(service));
  }
  Reply reply = page.Finish();
  reply.output.Set("JobStatus", "COMPLETED")
      .Set("JobType", rows.Text(0))
      .Set("JobCreationDate", FromMilliseconds(rows.Integer(1)))
      .Set("JobCompletionDate", FromMilliseconds(rows.Integer(1)));
  return reply;
}

}  // namespace opentrail::services::iam
