#pragma once

#include "services/iam/context.h"

// What a user may hold beside keys and a password: SSH public keys, signing certificates, credentials of one service.
namespace opentrail::services::iam {

AwsResult<Reply> UploadSshPublicKey(Context& context);
AwsResult<Reply> GetSshPublicKey(Context& context);
AwsResult<Reply> ListSshPublicKeys(Context& context);
AwsResult<Reply> UpdateSshPublicKey(Context& context);
AwsResult<Reply> DeleteSshPublicKey(Context& context);

AwsResult<Reply> UploadSigningCertificate(Context& context);
AwsResult<Reply> ListSigningCertificates(Context& context);
AwsResult<Reply> UpdateSigningCertificate(Context& context);
AwsResult<Reply> DeleteSigningCertificate(Context& context);

AwsResult<Reply> CreateServiceSpecificCredential(Context& context);
AwsResult<Reply> ListServiceSpecificCredentials(Context& context);
AwsResult<Reply> ResetServiceSpecificCredential(Context& context);
AwsResult<Reply> UpdateServiceSpecificCredential(Context& context);
AwsResult<Reply> DeleteServiceSpecificCredential(Context& context);

}  // namespace opentrail::services::iam
