#include "codec/text.h"
#include "services/ec2/handlers.h"
#include "services/ec2/instance.h"

namespace opentrail::services::ec2 {

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html
AwsResult<Reply> GetConsoleOutput(Ec2Service& service, Call& call, store::Transaction& transaction) {
  auto found = FindInstances(transaction.connection(), call, Value::List({call.input["InstanceId"]}));
  if (!found) return std::unexpected(found.error());
  const Instance& instance = found->front();
  const std::string output = service.hosts().ConsoleOutput(instance.id);
  Reply reply;
  reply.output.Set("InstanceId", instance.id).Set("Timestamp", instance.changed);
  if (!output.empty()) reply.output.Set("Output", codec::Base64Encode(output));
  return reply;
}

}  // namespace opentrail::services::ec2
