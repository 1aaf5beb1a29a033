#pragma once

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "codec/json_value.h"
#include "codec/text.h"
#include "codec/timestamp.h"
#include "http/message.h"
#include "protocol/model.h"

// For tests: the recorded cases of tests/protocol/ (record_cases.py there says what they are).
namespace opentrail::protocol {

// Another folder with the same files, for a wider run by hand.
inline std::string CaseFolder() {
  const char* folder = std::getenv("OPENTRAIL_PROTOCOL_CASES");  // NOLINT(concurrency-mt-unsafe): before any thread
  return folder != nullptr ? folder : OPENTRAIL_SOURCE_DIR "/tests/protocol";
}

// A null value where there is no such file.
inline Value ReadCases(const std::string& name) {
  std::ifstream file(CaseFolder() + "/" + name);
  std::stringstream text;
  text << file.rdbuf();
  auto cases = codec::ParseJsonValue(text.str());
  return cases ? std::move(*cases) : Value();
}

// Plain JSON as the shape has it: timestamps from ISO 8601, blobs from base64, whole doubles.
inline Value Typed(const Shape& shape, const Value& plain) {
  if (shape.document) return plain;
  switch (shape.kind) {
    case ShapeKind::kStructure:
    case ShapeKind::kMap: {
      Value object = Value::Object();
      for (const Value::Member& each : plain.members()) {
        const Member* member = shape.kind == ShapeKind::kMap ? nullptr : shape.Find(each.name);
        object.Set(each.name, Typed(member != nullptr ? *member->shape : *shape.element, each.value));
      }
      return object;
    }
    case ShapeKind::kList: {
      Value list = Value::List();
      for (const Value& each : plain.elements()) list.Append(Typed(*shape.element, each));
      return list;
    }
    case ShapeKind::kTimestamp: return codec::ParseIso8601(plain.Text()).value();
    case ShapeKind::kBlob: return Value::Blob(codec::Base64Decode(plain.Text()).value());
    case ShapeKind::kFloat:
    case ShapeKind::kDouble: return plain.Number().value();
    case ShapeKind::kString:
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
    case ShapeKind::kBoolean: break;
  }
  return plain;
}

inline http::RequestHead Head(std::string method, std::string target) {
  http::RequestHead head;
  head.method = std::move(method);
  head.path = target.substr(0, target.find('?'));
  head.query = target.find('?') == std::string::npos ? "" : target.substr(target.find('?') + 1);
  head.target = std::move(target);
  return head;
}

}  // namespace opentrail::protocol
