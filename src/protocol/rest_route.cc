#include "protocol/rest_route.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace opentrail::protocol {
namespace {

constexpr std::string_view kCopySource = "x-amz-copy-source";
constexpr size_t kPathWeight = 100;

// What a URI template and the required members ask of a request.
struct Route {
  const Operation* operation;
  std::vector<std::string_view> segments;  // "{Bucket}", "{Key+}", "WriteGetObjectResponse"
  std::vector<std::pair<std::string_view, std::string_view>> literals;  // {"uploads", ""}, {"list-type", "2"}
  std::vector<std::string_view> required;                               // query parameters
  bool needs_copy_source = false;
  size_t weight = 0;
};

struct RouteTable {
  const Service* service;
  std::vector<Route> routes;
  std::vector<std::string_view> subresources;  // sorted
};

std::string_view TakeUpTo(std::string_view& text, char end) {
  const std::string_view part = text.substr(0, text.find(end));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

bool IsLabel(std::string_view segment) { return segment.starts_with('{'); }
bool IsGreedy(std::string_view segment) { return segment.ends_with("+}"); }

Route MakeRoute(const Operation& operation) {
  Route route{.operation = &operation};
  std::string_view query = operation.http_uri;
  std::string_view path = TakeUpTo(query, '?');
  while (!path.empty()) {
    const std::string_view segment = TakeUpTo(path, '/');
    if (!segment.empty()) route.segments.push_back(segment);
    if (!segment.empty() && !IsLabel(segment)) route.weight += kPathWeight;
  }
  while (!query.empty()) {
    std::string_view value = TakeUpTo(query, '&');
    const std::string_view name = TakeUpTo(value, '=');
    route.literals.emplace_back(name, value);
  }
  if (operation.input != nullptr) {
    for (const Member& member : operation.input->members) {
      if (!member.required) continue;
      if (member.location == Location::kQueryString) route.required.push_back(member.location_name);
      if (member.location_name == kCopySource) route.needs_copy_source = true;
    }
  }
  route.weight += 2 * route.literals.size() + route.required.size() + (route.needs_copy_source ? 1 : 0);
  return route;
}

// ListDirectoryBuckets shares its URI with ListBuckets; it is for another kind of endpoint.
bool IsServedElsewhere(const Operation& operation) {
  return operation.deprecated || operation.name == "ListDirectoryBuckets";
}

RouteTable MakeTable(const Service& service) {
  RouteTable table{.service = &service, .routes = {}, .subresources = {}};
  for (const Operation& operation : service.operations) {
    if (IsServedElsewhere(operation)) continue;
    table.routes.push_back(MakeRoute(operation));
    for (const auto& [name, value] : table.routes.back().literals) {
      if (value.empty()) table.subresources.push_back(name);
    }
  }
  std::ranges::stable_sort(table.routes, std::ranges::greater(), &Route::weight);
  std::ranges::sort(table.subresources);
  return table;
}

const RouteTable& TableOf(const Service& service) {
  static const std::vector<RouteTable> tables = [] {
    std::vector<RouteTable> made;
    for (const Service* each : Services()) {
      if (each->protocol == Protocol::kRestXml) made.push_back(MakeTable(*each));
    }
    return made;
  }();
  return *std::ranges::find(tables, &service, &RouteTable::service);
}

// nullopt: the path does not fit the template.
std::optional<Labels> MatchPath(const std::vector<std::string_view>& segments, std::string_view path) {
  Labels labels;
  if (path.starts_with('/')) path.remove_prefix(1);
  for (const std::string_view segment : segments) {
    const bool greedy = IsGreedy(segment);
    const std::string_view part = greedy ? std::exchange(path, {}) : TakeUpTo(path, '/');
    if (part.empty() || (!IsLabel(segment) && part != segment)) return std::nullopt;
    if (IsLabel(segment)) labels.emplace_back(segment.substr(1, segment.size() - (greedy ? 3 : 2)), part);
  }
  return path.empty() ? std::optional(std::move(labels)) : std::nullopt;
}

using Query = std::vector<std::pair<std::string_view, std::string_view>>;

// Names of sub-resources are never sent encoded.
Query SplitQuery(std::string_view query) {
  Query pairs;
  while (!query.empty()) {
    std::string_view value = TakeUpTo(query, '&');
    const std::string_view name = TakeUpTo(value, '=');
    if (!name.empty()) pairs.emplace_back(name, value);
  }
  return pairs;
}

bool HasName(const Query& query, std::string_view name) {
  return std::ranges::find(query, name, &Query::value_type::first) != query.end();
}

bool Fits(const Route& route, const Query& query, bool has_copy_source) {
  if (route.needs_copy_source && !has_copy_source) return false;
  for (const auto& [name, value] : route.literals) {
    if (value.empty() ? !HasName(query, name) : std::ranges::find(query, std::pair(name, value)) == query.end()) {
      return false;
    }
  }
  return std::ranges::all_of(route.required, [&](std::string_view name) { return HasName(query, name); });
}

std::string_view ResourceType(std::string_view path) {
  if (path.size() <= 1) return "SERVICE";
  const size_t slash = path.find('/', 1);
  return slash == std::string_view::npos || slash + 1 == path.size() ? "BUCKET" : "OBJECT";
}

std::unexpected<AwsError> NotAllowed(const http::RequestHead& head) {
  return std::unexpected(
      AwsError{.code = "MethodNotAllowed",
               .message = "The specified method is not allowed against this resource.",
               .details = {{"Method", head.method}, {"ResourceType", std::string(ResourceType(head.path))}}});
}

}  // namespace

AwsResult<const Operation*> FindByUri(const Service& service, const http::RequestHead& head) {
  const RouteTable& table = TableOf(service);
  const Query query = SplitQuery(head.query);
  const bool has_copy_source = head.fields.Has(kCopySource);
  for (const Route& route : table.routes) {
    if (route.operation->http_method != head.method || !Fits(route, query, has_copy_source)) continue;
    if (!MatchPath(route.segments, head.path)) continue;
    const bool foreign = std::ranges::any_of(query, [&](const auto& pair) {
      return std::ranges::binary_search(table.subresources, pair.first) && !HasName(route.literals, pair.first);
    });
    if (foreign) break;
    return route.operation;
  }
  return NotAllowed(head);
}

Labels ReadLabels(const Operation& operation, std::string_view path) {
  const RouteTable& table = TableOf(*operation.service);
  const auto route = std::ranges::find(table.routes, &operation, &Route::operation);
  if (route == table.routes.end()) return {};
  return MatchPath(route->segments, path).value_or(Labels());
}

}  // namespace opentrail::protocol
