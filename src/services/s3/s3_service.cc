#include "services/s3/s3_service.h"

#include "codec/digest.h"
#include "codec/text.h"
#include "services/s3/handler_table.h"
#include "services/s3/object_body.h"
#include "services/s3/schema.h"

namespace opentrail::services::s3 {

S3Service::S3Service(Environment environment, store::ObjectStore& objects, const store::Secrets& secrets)
    : environment_(std::move(environment)),
      objects_(objects),
      secrets_(secrets),
      owner_id_(codec::HexEncode(codec::Sha256("canonical user of account " + environment_.account_id))) {}

std::span<const store::Migration> S3Service::migrations() const { return Migrations(); }

std::span<const Handler> S3Service::handlers() const { return Handlers(); }

AwsResult<std::unique_ptr<BodySink>> S3Service::NewBody() {
  return ObjectBody::Begin(objects_, environment_.random, {});
}

}  // namespace opentrail::services::s3
