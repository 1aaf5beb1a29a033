#include <algorithm>
#include <array>

#include "protocol/model.h"

// Where CloudTrail's readOnly comes from. Most operations say it by their verb; the rest is read off real events, and
// where there are none, off the access level of the Service Authorization Reference.
namespace opentrail::protocol {
namespace {

constexpr std::array<std::string_view, 15> kReadingVerbs = {
    "BatchDescribe", "BatchGet", "Check", "Decode", "Describe", "Get",      "Head",    "List",
    "Lookup",        "Query",    "Scan",  "Search", "Select",   "Simulate", "Validate"};

struct Exception {
  std::string_view service;
  std::string_view operation;  // a whole name, or a beginning and *
  bool read_only;
};

constexpr std::array<Exception, 15> kExceptions = {{
    {"iam", "GenerateCredentialReport", true},
    {"iam", "GenerateOrganizationsAccessReport", true},
    {"iam", "GenerateServiceLastAccessedDetails", true},
    {"kms", "Decrypt", true},
    {"kms", "DeriveSharedSecret", true},
    {"kms", "Encrypt", true},
    {"kms", "Generate*", true},
    {"kms", "ReEncrypt", true},
    {"kms", "Sign", true},
    {"kms", "Verify*", true},
    {"sts", "AssumeRole*", true},
    {"sts", "AssumeRoot", true},
    // Credentials handed out: written as false in the events that AWS delivers.
    {"sts", "GetDelegatedAccessToken", false},
    {"sts", "GetFederationToken", false},
    {"sts", "GetSessionToken", false},
}};

bool Matches(std::string_view name, std::string_view pattern) {
  return pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1)) : name == pattern;
}

}  // namespace

// Each call asks this: the first letter rules nearly all rows out.
bool IsReadOnly(const Operation& operation) {
  if (operation.name.empty()) return false;
  const char first = operation.name.front();
  const auto exception = std::ranges::find_if(kExceptions, [&](const Exception& row) {
    return row.operation.front() == first && row.service == operation.service->id &&
           Matches(operation.name, row.operation);
  });
  if (exception != kExceptions.end()) return exception->read_only;
  return std::ranges::any_of(
      kReadingVerbs, [&](std::string_view verb) { return verb.front() == first && operation.name.starts_with(verb); });
}

}  // namespace opentrail::protocol
