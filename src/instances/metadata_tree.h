#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "instances/metadata_source.h"

// What the metadata service says of an instance, and how it writes it.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html
namespace opentrail::instances {

// Paths below a version ("meta-data/instance-id") and what is there. A directory is what other paths go through.
using MetadataTree = std::map<std::string, std::string, std::less<>>;

// Without user data and the role's credentials, whose place is there with "".
[[nodiscard]] MetadataTree BuildMetadataTree(const InstanceMetadata& instance);

// The names in a directory, one a line, those of directories with a slash; nullopt where it is none. "": the top.
[[nodiscard]] std::optional<std::string> ListMetadata(const MetadataTree& tree, std::string_view directory);

// The versions that are answered, oldest first; all say the same.
[[nodiscard]] bool IsMetadataVersion(std::string_view text);
[[nodiscard]] std::string ListMetadataVersions();

// The instance identity document, as it is signed.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html
[[nodiscard]] std::string IdentityDocument(const InstanceMetadata& instance);

// One member a line, as the service writes its JSON; nullopt is null.
using DocumentMembers = std::vector<std::pair<std::string_view, std::optional<std::string>>>;
[[nodiscard]] std::string WriteDocument(const DocumentMembers& members);

// Where the credentials of the instance's role are; "" where it has none.
[[nodiscard]] std::string CredentialsPath(const InstanceMetadata& instance);

}  // namespace opentrail::instances
