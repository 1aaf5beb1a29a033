// Written by tools/generate_models.py; change that, not this.
#include "protocol/model.h"

namespace opentrail::protocol {

namespace athena {
extern const Service kService;
}
namespace cloudtrail {
extern const Service kService;
}
namespace ec2 {
extern const Service kService;
}
namespace glue {
extern const Service kService;
}
namespace iam {
extern const Service kService;
}
namespace kms {
extern const Service kService;
}
namespace s3 {
extern const Service kService;
}
namespace s3control {
extern const Service kService;
}
namespace sts {
extern const Service kService;
}

std::span<const Service* const> Services() {
  static constexpr const Service* kServices[] = {&athena::kService, &cloudtrail::kService, &ec2::kService, &glue::kService, &iam::kService, &kms::kService, &s3::kService, &s3control::kService, &sts::kService};
  return kServices;
}

}  // namespace opentrail::protocol
