#include "protocol/model.h"

#include <algorithm>

namespace opentrail::protocol {

const Member* Shape::Find(std::string_view member) const {
  const auto found = std::ranges::find(members, member, &Member::name);
  return found != members.end() ? &*found : nullptr;
}

const Operation* Service::Find(std::string_view operation) const {
  const auto found = std::ranges::lower_bound(operations, operation, {}, &Operation::name);
  return found != operations.end() && found->name == operation ? &*found : nullptr;
}

const ErrorShape* Service::FindError(std::string_view code) const {
  const auto found = std::ranges::lower_bound(errors, code, {}, &ErrorShape::name);
  if (found != errors.end() && found->name == code) return &*found;
  const auto by_code = std::ranges::find(errors, code, &ErrorShape::code);
  return by_code != errors.end() ? &*by_code : nullptr;
}

const Service* FindService(std::string_view id) {
  const auto services = Services();
  const auto found = std::ranges::find(services, id, &Service::id);
  return found != services.end() ? *found : nullptr;
}

}  // namespace opentrail::protocol
