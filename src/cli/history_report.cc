#include "cli/history_report.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "cli/terminal.h"
#include "codec/json.h"

namespace opentrail::cli {
namespace {

using trail::HistoryEvent;
using trail::Resource;
using Field = std::pair<std::string_view, std::string>;

// "2026-03-04T12:06:58Z" -> "2026-03-04T12:06:58+00:00", as version 2 of the CLI prints it; another text as it is.
std::string CliTime(const std::string& event_time) {
  return event_time.ends_with('Z') ? event_time.substr(0, event_time.size() - 1) + "+00:00" : event_time;
}

// The event's scalars in the server's order of keys; what the event lacks is not there.
std::vector<Field> Fields(const HistoryEvent& event) {
  std::vector<Field> fields = {
      {"EventId", event.event_id}, {"EventName", event.event_name}, {"ReadOnly", event.read_only}};
  if (event.access_key_id) fields.emplace_back("AccessKeyId", *event.access_key_id);
  fields.emplace_back("EventTime", CliTime(event.event_time));
  fields.emplace_back("EventSource", event.event_source);
  if (event.username) fields.emplace_back("Username", *event.username);
  return fields;
}

void AppendMember(std::string& out, size_t indent, std::string_view key, std::string_view value, bool last) {
  out.append(indent, ' ');
  codec::AppendJsonString(out, key);
  out += ": ";
  codec::AppendJsonString(out, value);
  out += last ? "\n" : ",\n";
}

void AppendEvent(std::string& out, const HistoryEvent& event) {
  out += "        {\n";
  for (const auto& [key, value] : Fields(event)) AppendMember(out, 12, key, value, false);
  out += event.resources.empty() ? "            \"Resources\": [],\n" : "            \"Resources\": [\n";
  for (size_t i = 0; i < event.resources.size(); ++i) {
    out += "                {\n";
    AppendMember(out, 20, "ResourceType", event.resources[i].type, false);
    AppendMember(out, 20, "ResourceName", event.resources[i].name, true);
    out += i + 1 < event.resources.size() ? "                },\n" : "                }\n            ],\n";
  }
  AppendMember(out, 12, "CloudTrailEvent", event.cloudtrail_event, true);
  out += "        }";
}

std::string Rule(size_t width) { return "+" + std::string(width + 2, '-') + "+\n"; }

}  // namespace

std::string HistoryJson(const std::vector<HistoryEvent>& events) {
  std::string out = "{\n    \"Events\": [";
  for (size_t i = 0; i < events.size(); ++i) {
    out += i == 0 ? "\n" : ",\n";
    AppendEvent(out, events[i]);
  }
  return out + (events.empty() ? "]\n}\n" : "\n    ]\n}\n");
}

std::string HistoryText(const std::vector<HistoryEvent>& events) {
  std::string out;
  for (const HistoryEvent& event : events) {
    auto fields = Fields(event);
    fields.emplace_back("CloudTrailEvent", event.cloudtrail_event);
    std::sort(fields.begin(), fields.end());
    out += "EVENTS";
    for (const auto& field : fields) out += "\t" + field.second;
    out += '\n';
    for (const Resource& resource : event.resources)
      out += fmt::format("RESOURCES\t{}\t{}\n", resource.name, resource.type);
  }
  return out;
}

std::string HistoryTable(const std::vector<HistoryEvent>& events) {
  std::string out;
  for (const HistoryEvent& event : events) {
    std::vector<std::pair<std::string, std::string>> lines;
    for (const auto& [key, value] : Fields(event)) lines.emplace_back(key, Printable(value));
    for (const Resource& resource : event.resources)
      lines.emplace_back(Printable(resource.type), Printable(resource.name));
    size_t key_width = 0;
    size_t value_width = 0;
    for (const auto& [key, value] : lines) {
      key_width = std::max(key_width, DisplayWidth(key));
      value_width = std::max(value_width, DisplayWidth(value));
    }
    const size_t width = key_width + value_width + 3;
    out += Rule(width);
    for (const auto& [key, value] : lines) {
      out += fmt::format("| {}{} | {}{} |\n", key, std::string(key_width - DisplayWidth(key), ' '), value,
                         std::string(value_width - DisplayWidth(value), ' '));
    }
    out += Rule(width);
  }
  return out;
}

}  // namespace opentrail::cli
