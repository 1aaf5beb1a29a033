#include "formats/json_rows.h"

#include "logs/json_text.h"

namespace opentrail::formats {
namespace {

logs::KeyRules KeyRulesOf(const JsonFormat& format) {
  return {.ignores_case = format.ignores_case, .dots_are_underscores = format.dots_in_keys, .keys = format.keys};
}

}  // namespace

JsonRows::JsonRows(const JsonFormat& format, std::span<const std::string> fields, size_t max_depth)
    : format_(format), tree_(fields, KeyRulesOf(format)), cursor_(logs::BestKernel()), records_(tree_, max_depth) {}

void JsonRows::BeginText(const uint8_t* data, size_t size) {
  data_ = data;
  records_.BeginText(data, size);
  cursor_.Begin(data, size, 0);
  is_in_step_ = true;
}

std::optional<logs::TextFault> JsonRows::Read(size_t begin, size_t end, logs::RowTarget& target) {
  const size_t open = logs::SkipSpaces(data_, begin, end);
  if (open >= end || data_[open] != '{') {
    is_in_step_ = false;
    if (format_.is_openx && (open >= end || data_[open] != '[')) return std::nullopt;
    return Refuse(open, "A JSONObject text must begin with '{'", target);
  }
  if (!is_in_step_ || cursor_.Next() != open) {
    cursor_.Reset(open);
    cursor_.Next();
  }
  const logs::Step step = records_.Scan(cursor_, open, target);
  is_in_step_ = step == logs::Step::kDone && logs::SkipSpaces(data_, records_.End(), end) == end;
  if (step == logs::Step::kFault && records_.Fault().offset < end) {
    return Refuse(records_.Fault().offset, records_.Fault().message, target);
  }
  if (step != logs::Step::kDone || records_.End() > end) {
    is_in_step_ = false;
    return Refuse(end, "the line ends inside an object", target);
  }
  return std::nullopt;
}

std::optional<logs::TextFault> JsonRows::Refuse(size_t offset, std::string message, logs::RowTarget& target) {
  for (std::string_view* column : target.columns) {
    if (column != nullptr) column[target.row] = {};
  }
  if (format_.ignores_malformed) return std::nullopt;
  return logs::TextFault{offset, "Row is not a valid JSON Object - JSONException: " + std::move(message)};
}

}  // namespace opentrail::formats
