#include "gateway/dispatcher.h"

#include <cassert>

#include <fmt/format.h>

#include "gateway/authorize.h"

namespace opentrail::gateway {
namespace {

using services::Call;
using services::Reply;

// What a record's `resources` says where the handler did not: the things that had to be allowed. Only for the services
// whose records have resources at all.
std::vector<trail::RecordResource> ResourcesOf(const Call& call, const std::vector<iam::AccessRequest>& requests) {
  std::vector<trail::RecordResource> resources;
  const std::string_view service = call.operation->service->id;
  if (call.operation->name == "CreateBucket") return resources;  // there is none yet
  for (const iam::AccessRequest& request : requests) {
    const std::string& arn = request.resource;
    if (service == "kms" && arn.find(":key/") != std::string::npos) {
      resources.push_back({.type = "AWS::KMS::Key", .arn = arn, .account_id = call.account_id});
    } else if (service == "sts" && arn.find(":role/") != std::string::npos) {
      resources.push_back({.type = "AWS::IAM::Role", .arn = arn, .account_id = call.account_id});
    } else if (service == "s3" && arn.starts_with("arn:aws:s3:::") && arn != "arn:aws:s3:::*") {
      const size_t slash = arn.find('/');
      const std::string bucket = arn.substr(0, slash);
      if (slash != std::string::npos) resources.push_back({.type = "AWS::S3::Object", .arn = arn, .account_id = ""});
      resources.push_back({.type = "AWS::S3::Bucket", .arn = bucket, .account_id = call.account_id});
    }
  }
  return resources;
}

const protocol::Operation* FindOperation(const services::InsideCall& inside) {
  const protocol::Service* model = protocol::FindService(inside.service);
  return model != nullptr ? model->Find(inside.operation) : nullptr;
}

}  // namespace

AwsError NotImplemented(const protocol::Operation& operation) {
  switch (operation.service->protocol) {
    case protocol::Protocol::kQuery:
    case protocol::Protocol::kEc2:
      return {"InvalidAction", fmt::format("The action {} is not valid for this web service.", operation.name), 400};
    case protocol::Protocol::kRestXml:
      return {"NotImplemented", "A header you provided implies functionality that is not implemented", 501};
    case protocol::Protocol::kJson:
    case protocol::Protocol::kRestJson: break;
  }
  if (operation.service->FindError("UnsupportedOperationException") != nullptr) {
    return {"UnsupportedOperationException",
            fmt::format("The requested operation is not supported: {}", operation.name), 400};
  }
  return {"UnknownOperationException", fmt::format("Unknown operation: {}", operation.name), 400};
}

void Dispatcher::Add(services::Service& service) {
  const protocol::Service* model = protocol::FindService(service.id());
  for (const services::Handler& handler : service.handlers()) {
    const protocol::Operation* operation = model->Find(handler.operation);
    assert(operation != nullptr && "a handler of an operation that the model does not know");
    targets_[operation] = {.service = &service, .handler = &handler};
  }
}

std::optional<Dispatcher::Target> Dispatcher::Find(const protocol::Operation& operation) const {
  const auto found = targets_.find(&operation);
  return found != targets_.end() ? std::optional(found->second) : std::nullopt;
}

AwsStatus Dispatcher::Authorize(store::Connection& state, const Target& target, const Call& call,
                                std::vector<trail::RecordResource>& resources) {
  if (target.handler->authorize == nullptr) return {};
  auto requests = target.handler->authorize(*target.service, call, state);
  if (!requests) return std::unexpected(std::move(requests.error()));
  resources = ResourcesOf(call, *requests);
  return gateway::Authorize(call, *requests, directory_);
}

AwsStatus Dispatcher::Begin(store::Transaction& transaction, const Target& target, Call& call) {
  if (target.handler->begin == nullptr) return {};
  std::vector<trail::RecordResource> resources;
  if (!Authorize(transaction.connection(), target, call, resources)) return {};
  return transaction.Try([&] { return target.handler->begin(*target.service, call, transaction); });
}

Dispatcher::Outcome Dispatcher::Execute(store::Transaction& transaction, const Target& target, Call& call) {
  Outcome outcome;
  AwsStatus allowed = Authorize(transaction.connection(), target, call, outcome.resources);
  if (!allowed) {
    outcome.result = std::unexpected(std::move(allowed.error()));
    if (call.operation->service->id == "sts") outcome.resources.clear();  // STS names no role that it refused
    return outcome;
  }
  outcome.result = target.handler->handle(*target.service, call, transaction);
  if (outcome.result && !outcome.result->resources.empty()) outcome.resources = std::move(outcome.result->resources);
  return outcome;
}

trail::CallFacts Dispatcher::FactsOf(const Call& call, const protocol::Service& service,
                                     std::string_view action) const {
  return {.operation = call.operation,
          .service = &service,
          .name = action,
          .account_id = account_id_,
          .region = call.region,
          .event_id = {},
          .request_id = call.request_id,
          .completed = {},
          .principal = &call.principal,
          .invoked_by = call.invoked_by,
          .head = call.head,
          .input = &call.input,
          .resources = {},
          .shared_event_id = {}};
}

trail::RecordDraft Dispatcher::Draft(const Call& call, const protocol::Service& service,
                                     std::string_view action) const {
  if (recording_ == Recording::kOffForBenchmark) return {};
  return trail::DraftRecord(FactsOf(call, service, action));
}

void Dispatcher::Record(store::Transaction& transaction, const Call& call, const protocol::Service& service,
                        std::string_view action, const Outcome& outcome, const trail::RecordDraft& draft) {
  if (recording_ == Recording::kOffForBenchmark) return;
  const std::string event_id = RandomUuid(random_);
  const auto& result = outcome.result;
  // What a service does in an account is told to the service's side, too, under one id.
  const bool by_service = call.principal.type == iam::PrincipalType::kAwsService;
  const std::string shared_id = by_service ? RandomUuid(random_) : std::string();
  trail::CallFacts facts = FactsOf(call, service, action);
  facts.event_id = event_id;
  facts.completed = clock_.Now();
  facts.output = result ? &result->output : nullptr;
  facts.error = result ? nullptr : &result.error();
  facts.resources = outcome.resources;
  facts.additional_event_data = &outcome.additional_event_data;
  facts.shared_event_id = shared_id;
  trail::Record record = trail::BuildRecord(facts, draft);
  transaction.Append({.region = call.region,
                      .time = facts.completed,
                      .management = record.management,
                      .record = std::move(record.json)});
}

Call Dispatcher::MakeCall(const protocol::Operation& operation, services::InsideCall inside) {
  return {.operation = &operation,
          .account_id = account_id_,
          .region = std::move(inside.region),
          .principal = std::move(inside.principal),
          .invoked_by = std::move(inside.invoked_by),
          .source_address = {},
          .secure_transport = true,
          .now = clock_.Now(),
          .request_id = RandomUuid(random_),
          .input = std::move(inside.input),
          .head = nullptr,
          .body = std::move(inside.body),
          .prepared = {},
          .context = std::move(inside.context)};
}

AwsStatus Dispatcher::WouldAllow(store::Connection& state, services::InsideCall inside) {
  const protocol::Operation* operation = FindOperation(inside);
  const auto target = operation != nullptr ? Find(*operation) : std::nullopt;
  if (!target) return AwsFailure("InternalFailure", "{} {} is not here", inside.service, inside.operation);
  std::vector<trail::RecordResource> resources;
  return Authorize(state, *target, MakeCall(*operation, std::move(inside)), resources);
}

AwsResult<Reply> Dispatcher::Invoke(store::Transaction& transaction, services::InsideCall inside) {
  const protocol::Operation* operation = FindOperation(inside);
  const auto target = operation != nullptr ? Find(*operation) : std::nullopt;
  if (!target) return AwsFailure("InternalFailure", "{} {} is not here", inside.service, inside.operation);
  Call call = MakeCall(*operation, std::move(inside));
  Outcome outcome;
  AwsStatus ready = Begin(transaction, *target, call);
  if (ready && target->handler->prepare != nullptr) ready = target->handler->prepare(*target->service, call);
  if (!ready) {
    outcome.result = std::unexpected(std::move(ready.error()));
  } else {
    transaction.Try([&]() -> bool {
      outcome = Execute(transaction, *target, call);
      return outcome.result.has_value();
    });
  }
  if (outcome.result) outcome.additional_event_data = std::move(outcome.result->additional_event_data);
  Record(transaction, call, *operation->service, operation->name, outcome,
         Draft(call, *operation->service, operation->name));
  return std::move(outcome.result);
}

}  // namespace opentrail::gateway
