#include "engine/scan_context.h"

#include <algorithm>
#include <cctype>

namespace opentrail::engine {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

}  // namespace

Status TableSet::Add(BoundTable table) {
  auto columns = MakeScanSchema(table.table, table.format);
  if (!columns) return std::unexpected(columns.error());
  Key key(Lower(table.table.database), Lower(table.table.name));
  if (tables_.contains(key)) {
    return MakeError(ErrorCode::kInvalidArgument, "table '{}.{}' exists already", key.first, key.second);
  }
  tables_.emplace(std::move(key), std::make_shared<EngineTable>(std::move(table), std::move(*columns)));
  return {};
}

const catalog::Table* TableSet::FindTable(std::string_view database, std::string_view name) const {
  auto table = Find(database, name);
  if (!table && source_ != nullptr) {
    if (auto found = source_->FindTable(database, name)) {
      if (auto columns = MakeScanSchema(found->table, found->format)) {
        table = std::make_shared<EngineTable>(*std::move(found), *std::move(columns));
        tables_.emplace(Key(Lower(database), Lower(name)), table);
      }
    }
  }
  return table ? &table->bound.table : nullptr;
}

bool TableSet::HasDatabase(std::string_view database) const {
  const std::string wanted = Lower(database);
  if (source_ != nullptr) return source_->HasDatabase(wanted);
  return wanted == "default" ||
         std::ranges::any_of(tables_, [&](const auto& entry) { return entry.first.first == wanted; });
}

const catalog::View* TableSet::FindView(std::string_view database, std::string_view name) const {
  Key key(Lower(database), Lower(name));
  if (source_ == nullptr || tables_.contains(key)) return nullptr;
  auto known = views_.find(key);
  if (known == views_.end()) known = views_.emplace(std::move(key), source_->FindView(database, name)).first;
  return known->second ? &*known->second : nullptr;
}

std::shared_ptr<const EngineTable> TableSet::Find(std::string_view database, std::string_view name) const {
  const auto found = tables_.find({Lower(database), Lower(name)});
  return found == tables_.end() ? nullptr : found->second;
}

void QueryScans::Fail(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = error;
}

std::optional<Error> QueryScans::Failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void ScanContext::Reset() {
  files->Clear();
  ScanContext made{.threads = threads, .files = std::move(files)};
  *this = std::move(made);
}

}  // namespace opentrail::engine
