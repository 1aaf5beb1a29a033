#include "services/cloudtrail/lake_statement.h"

#include <algorithm>
#include <map>

#include "catalog/event_data_store.h"
#include "sql/text.h"

namespace opentrail::services::cloudtrail {
namespace {

constexpr std::string_view kDatabase = "default";

// Every id is a table, there or not; notes what it was asked for.
class AnyStore final : public catalog::Catalog {
 public:
  explicit AnyStore(const Call& call) : call_(call) {}

  [[nodiscard]] bool HasDatabase(std::string_view database) const override {
    return sql::LowerCase(database) == kDatabase;
  }
  [[nodiscard]] const catalog::Table* FindTable(std::string_view database, std::string_view name) const override {
    if (!HasDatabase(database)) return nullptr;
    auto reference = StoreOfTableName(call_, name);
    if (!reference) return nullptr;
    const auto known = tables_.find(name);
    if (known != tables_.end()) return &known->second;
    if (std::ranges::find(references_, reference->id, &EventDataStoreReference::id) == references_.end()) {
      references_.push_back(*std::move(reference));
    }
    const auto made = tables_.emplace(name, LakeTable(database, name));
    return &made.first->second;
  }
  [[nodiscard]] const std::vector<EventDataStoreReference>& references() const { return references_; }

 private:
  const Call& call_;
  mutable std::map<std::string, catalog::Table, std::less<>> tables_;
  mutable std::vector<EventDataStoreReference> references_;
};

size_t Characters(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

template <typename... Args>
std::unexpected<AwsError> Invalid(fmt::format_string<Args...> format, Args&&... args) {
  return AwsFailure("InvalidQueryStatementException", format, std::forward<Args>(args)...);
}

}  // namespace

std::optional<EventDataStoreReference> StoreOfTableName(const Call& call, std::string_view name) {
  if (!name.starts_with("arn:") && !catalog::IsEventDataStoreId(name)) return std::nullopt;
  auto reference = ParseEventDataStoreReference(call, name);
  return reference ? std::optional(*std::move(reference)) : std::nullopt;
}

catalog::Table LakeTable(std::string_view database, std::string_view name) {
  catalog::Table table = catalog::EventDataStoreTable(std::string(database), std::string(name));
  std::erase_if(table.columns, [](const catalog::Column& column) { return column.hidden; });
  return table;
}

sql::Session LakeSession(Time now) {
  sql::Session session;
  session.database = kDatabase;
  session.now = std::chrono::floor<std::chrono::milliseconds>(now);
  session.dialect = sql::Dialect::kLake;
  return session;
}

AwsResult<std::vector<EventDataStoreReference>> StoresOfStatement(const Call& call, std::string_view statement) {
  if (const size_t size = Characters(statement); size < 1 || size > kMaxStatementCharacters) {
    return Invalid("A query statement has 1 to {} characters; this has {}.", kMaxStatementCharacters, size);
  }
  const AnyStore stores(call);
  const auto translation = sql::Translate(statement, stores, LakeSession(call.now));
  if (!translation) return Invalid("{}", translation.error().Text());
  if (stores.references().empty()) return Invalid("The query statement reads no event data store: FROM must name one.");
  if (stores.references().size() > kMaxStatementStores) {
    return Invalid("A query statement reads {} event data stores at most.", kMaxStatementStores);
  }
  return stores.references();
}

}  // namespace opentrail::services::cloudtrail
