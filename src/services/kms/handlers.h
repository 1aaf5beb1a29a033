#pragma once

#include "services/kms/kms_service.h"

// The operations, by file. Each takes a call whose rights were checked.
namespace opentrail::services::kms {

using OperationFunction = AwsResult<Reply>(KmsService& service, Call& call, store::Transaction& transaction);

// key_lifecycle.cc
OperationFunction CreateKey, DescribeKey, ListKeys, EnableKey, DisableKey, ScheduleKeyDeletion, CancelKeyDeletion,
    UpdateKeyDescription;
// key_policy.cc
OperationFunction GetKeyPolicy, PutKeyPolicy, ListKeyPolicies;
// key_rotation.cc
OperationFunction EnableKeyRotation, DisableKeyRotation, GetKeyRotationStatus, RotateKeyOnDemand, ListKeyRotations;
// alias.cc
OperationFunction CreateAlias, UpdateAlias, DeleteAlias, ListAliases;
// tag.cc
OperationFunction TagResource, UntagResource, ListResourceTags;
// grant.cc
OperationFunction CreateGrant, ListGrants, ListRetirableGrants, RevokeGrant, RetireGrant;
// cryptography.cc
OperationFunction Encrypt, Decrypt, ReEncrypt, GenerateDataKey, GenerateDataKeyWithoutPlaintext, GenerateRandom;

}  // namespace opentrail::services::kms
