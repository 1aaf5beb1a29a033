#include "services/kms/kms_service.h"

#include <algorithm>

#include "services/kms/authorization.h"
#include "services/kms/handlers.h"
#include "services/kms/key_policy.h"
#include "services/kms/schema.h"

namespace opentrail::services::kms {
namespace {

// A row of the table from a function on the service itself.
template <OperationFunction Function>
AwsResult<Reply> Handle(Service& service, Call& call, store::Transaction& transaction) {
  return Function(static_cast<KmsService&>(service), call, transaction);
}

constexpr Handler kHandlers[] = {
    {"CancelKeyDeletion", AuthorizeKey, Handle<CancelKeyDeletion>},
    {"CreateAlias", AuthorizeAlias, Handle<CreateAlias>},
    {"CreateGrant", AuthorizeKey, Handle<CreateGrant>},
    {"CreateKey", AuthorizeCreateKey, Handle<CreateKey>},
    {"Decrypt", AuthorizeDecrypt, Handle<Decrypt>},
    {"DeleteAlias", AuthorizeAlias, Handle<DeleteAlias>},
    {"DescribeKey", AuthorizeKeyOrAlias, Handle<DescribeKey>},
    {"DisableKey", AuthorizeKey, Handle<DisableKey>},
    {"DisableKeyRotation", AuthorizeKey, Handle<DisableKeyRotation>},
    {"EnableKey", AuthorizeKey, Handle<EnableKey>},
    {"EnableKeyRotation", AuthorizeKey, Handle<EnableKeyRotation>},
    {"Encrypt", AuthorizeKeyOrAlias, Handle<Encrypt>},
    {"GenerateDataKey", AuthorizeKeyOrAlias, Handle<GenerateDataKey>},
    {"GenerateDataKeyWithoutPlaintext", AuthorizeKeyOrAlias, Handle<GenerateDataKeyWithoutPlaintext>},
    {"GenerateRandom", AuthorizeAccount, Handle<GenerateRandom>},
    {"GetKeyPolicy", AuthorizeKey, Handle<GetKeyPolicy>},
    {"GetKeyRotationStatus", AuthorizeKey, Handle<GetKeyRotationStatus>},
    {"ListAliases", AuthorizeAccount, Handle<ListAliases>},
    {"ListGrants", AuthorizeKey, Handle<ListGrants>},
    {"ListKeyPolicies", AuthorizeKey, Handle<ListKeyPolicies>},
    {"ListKeyRotations", AuthorizeKey, Handle<ListKeyRotations>},
    {"ListKeys", AuthorizeAccount, Handle<ListKeys>},
    {"ListResourceTags", AuthorizeKey, Handle<ListResourceTags>},
    {"ListRetirableGrants", AuthorizeAccount, Handle<ListRetirableGrants>},
    {"PutKeyPolicy", AuthorizeKey, Handle<PutKeyPolicy>},
    {"ReEncrypt", AuthorizeReEncrypt, Handle<ReEncrypt>},
    {"RetireGrant", AuthorizeRetireGrant, Handle<RetireGrant>},
    {"RevokeGrant", AuthorizeKey, Handle<RevokeGrant>},
    {"RotateKeyOnDemand", AuthorizeKey, Handle<RotateKeyOnDemand>},
    {"ScheduleKeyDeletion", AuthorizeKey, Handle<ScheduleKeyDeletion>},
    {"TagResource", AuthorizeKey, Handle<TagResource>},
    {"UntagResource", AuthorizeKey, Handle<UntagResource>},
    {"UpdateAlias", AuthorizeAlias, Handle<UpdateAlias>},
    {"UpdateKeyDescription", AuthorizeKey, Handle<UpdateKeyDescription>},
};
static_assert(std::ranges::is_sorted(kHandlers, {}, &Handler::operation));

}  // namespace

KmsService::KmsService(Environment environment, const store::Secrets& secrets)
    : environment_(std::move(environment)), secrets_(secrets), policies_(std::make_unique<KeyPolicyCache>()) {}

KmsService::~KmsService() = default;

std::span<const store::Migration> KmsService::migrations() const { return Migrations(); }
std::span<const Handler> KmsService::handlers() const { return kHandlers; }

}  // namespace opentrail::services::kms
