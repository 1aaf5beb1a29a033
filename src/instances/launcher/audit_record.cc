#include "instances/launcher/audit_record.h"

#include <libaudit.h>

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace opentrail::instances {
namespace {

struct Place {
  size_t begin, size;
};

// Where the digits of the kernel's NAME=... stand.
std::optional<Place> FindNumber(std::string_view record, std::string_view name) {
  const std::string_view kernel_part = record.substr(0, record.find(" msg='"));
  const std::string wanted = fmt::format(" {}=", name);
  const size_t at = kernel_part.find(wanted);
  if (at == kernel_part.npos) return std::nullopt;
  const size_t begin = at + wanted.size();
  const size_t end = std::min(kernel_part.find_first_not_of("0123456789", begin), kernel_part.size());
  if (end == begin) return std::nullopt;
  return Place{begin, end - begin};
}

}  // namespace

std::optional<int64_t> AuditNumber(std::string_view record, std::string_view name) {
  const auto place = FindNumber(record, name);
  if (!place) return std::nullopt;
  int64_t number = 0;
  const char* begin = record.data() + place->begin;
  if (std::from_chars(begin, begin + place->size, number).ec != std::errc()) return std::nullopt;
  return number;
}

std::string WithAuditNumber(std::string_view record, std::string_view name, int64_t number) {
  std::string changed(record);
  if (const auto place = FindNumber(record, name)) changed.replace(place->begin, place->size, std::to_string(number));
  return changed;
}

std::string AuditLine(int type, std::string_view record) {
  const char* name = audit_msg_type_to_name(type);
  std::string line = name != nullptr ? fmt::format("type={} msg={}", name, record)
                                     : fmt::format("type=UNKNOWN[{}] msg={}", type, record);
  std::ranges::replace(line, '\n', ' ');
  std::ranges::replace(line, '\0', ' ');
  return line + '\n';
}

}  // namespace opentrail::instances
