#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

// The AWS service models as tables: what operations there are, and the shapes of what they take and give. The tables
// are written by tools/ from botocore's models into generated/; they are constant data, so every view and reference
// lives as long as the program.
namespace opentrail::protocol {

enum class Protocol : uint8_t { kQuery, kEc2, kJson, kRestXml, kRestJson };

enum class ShapeKind : uint8_t {
  kStructure,
  kList,
  kMap,
  kString,
  kInteger,
  kLong,
  kFloat,
  kDouble,
  kBoolean,
  kTimestamp,
  kBlob
};

enum class TimestampFormat : uint8_t { kDefault, kIso8601, kRfc822, kUnix };

// Where a member travels in the REST protocols.
enum class Location : uint8_t { kBody, kUri, kQueryString, kHeader, kHeaders /* prefix */, kStatusCode };

class Shape;

struct Member {
  std::string_view name;           // the SDK's name: "GroupId"
  std::string_view location_name;  // the wire's name where it differs; "" otherwise
  std::string_view query_name;     // ec2's queryName; "" otherwise
  Location location;
  bool required;
  bool flattened;  // lists and maps, on the member
  bool xml_attribute;
  bool payload;  // the body is this member alone
  bool streaming;
  bool sensitive;          // must never be logged
  bool idempotency_token;  // the SDK fills it with a UUID
  bool host_label;
  TimestampFormat timestamp_format;
  const Shape* shape;
};

class Shape {
 public:
  std::string_view name;
  ShapeKind kind;
  bool sensitive;
  bool flattened;
  TimestampFormat timestamp_format;
  std::string_view element_name;                  // of a list: its member's locationName; "" otherwise
  std::string_view key_name, value_name;          // of a map: locationNames; "" otherwise
  std::string_view xml_namespace;                 // "" otherwise
  std::span<const Member> members;                // of a structure
  const Shape* element;                           // of a list: its elements; of a map: its values
  std::span<const std::string_view> enumeration;  // of a string
  std::optional<double> min, max;                 // length or value
  std::string_view pattern;                       // as in the model; "" otherwise
  bool document = false;                          // free JSON of any kind

  [[nodiscard]] const Member* Find(std::string_view member) const;
};

struct ErrorShape {
  std::string_view name;  // the shape's name: "NoSuchEntityException"
  std::string_view code;  // on the wire: "NoSuchEntity"
  int http_status;
};

struct Service;

struct Operation {
  std::string_view name;            // "AuthorizeSecurityGroupIngress"
  std::string_view http_method;     // "POST"
  std::string_view http_uri;        // "/{Bucket}/{Key+}?uploads"
  const Shape* input;               // nullptr: none
  const Shape* output;              // nullptr: none
  std::string_view result_wrapper;  // query protocol: "CreateUserResult"; "" otherwise
  const Service* service;
  std::span<const ErrorShape* const> errors;
  bool streaming_input;  // the body goes to a streaming blob member
  bool http_checksum_required;
  bool auth_none;         // AssumeRoleWithWebIdentity and the like: not signed
  int http_status = 200;  // of an answer that went well
  bool deprecated = false;
};

struct Service {
  std::string_view id;               // our folder's name and the policy prefix: "ec2", "s3", "sts"
  std::string_view endpoint_prefix;  // "ec2", "monitoring"
  std::string_view signing_name;     // in the credential scope
  std::string_view event_source;     // "ec2.amazonaws.com"
  std::string_view api_version;      // "2016-11-15"
  std::string_view xml_namespace;
  std::string_view target_prefix;  // JSON: "TrentService"
  std::string_view json_version;   // "1.0", "1.1"; "" otherwise
  Protocol protocol;
  bool global;                            // one endpoint, signed for us-east-1
  std::span<const Operation> operations;  // sorted by name
  std::span<const ErrorShape> errors;     // sorted by name

  [[nodiscard]] const Operation* Find(std::string_view operation) const;
  // By the shape's name or the code on the wire.
  [[nodiscard]] const ErrorShape* FindError(std::string_view code) const;
};

// All of them, sorted by id.
[[nodiscard]] std::span<const Service* const> Services();
[[nodiscard]] const Service* FindService(std::string_view id);

// True where a call of it changes nothing, as CloudTrail's readOnly has it.
[[nodiscard]] bool IsReadOnly(const Operation& operation);

}  // namespace opentrail::protocol
