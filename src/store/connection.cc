#include "store/connection.h"

#include <cassert>
#include <functional>
#include <unordered_map>

#include <sqlite3.h>

namespace opentrail::store {
namespace {

struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

constexpr int kBusyTimeoutMilliseconds = 10'000;

}  // namespace

struct Connection::Impl {
  sqlite3* database = nullptr;
  std::unordered_map<std::string, sqlite3_stmt*, TextHash, std::equal_to<>> statements;

  ~Impl() {
    for (const auto& [sql, statement] : statements) sqlite3_finalize(statement);
    sqlite3_close(database);
  }
};

Rows::Rows(Rows&& other) noexcept
    : connection_(other.connection_), statement_(std::exchange(other.statement_, nullptr)) {}

Rows::~Rows() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Rows::Next() {
  if (statement_ == nullptr || !connection_->status_) return false;
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) connection_->Fail(sqlite3_sql(statement_));
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  statement_ = nullptr;
  return false;
}

std::string_view Rows::Text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

int64_t Rows::Integer(int column) const { return sqlite3_column_int64(statement_, column); }

bool Rows::IsNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::Open(const std::string& path, OpenMode mode) {
  auto impl = std::make_unique<Impl>();
  const int flags = (mode == OpenMode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (sqlite3_open_v2(path.c_str(), &impl->database, flags, nullptr) != SQLITE_OK) {
    return MakeError(ErrorCode::kIo, "{}: {}", path, sqlite3_errmsg(impl->database));
  }
  sqlite3_busy_timeout(impl->database, kBusyTimeoutMilliseconds);
  Connection connection(std::move(impl));
  // A commit is durable when it returns; readers never wait for it. wal_checkpoint is left to whoever owns the writer.
  connection.ExecuteScript(
      mode == OpenMode::kReadOnly
          ? "PRAGMA query_only=1"
          : "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY");
  if (!connection.status_) return std::unexpected(connection.status_.error());
  return connection;
}

sqlite3_stmt* Connection::Prepare(std::string_view sql) {
  if (!status_) return nullptr;
  if (const auto found = impl_->statements.find(sql); found != impl_->statements.end()) {
    assert(sqlite3_stmt_busy(found->second) == 0 && "the same SQL text is in use");
    return found->second;
  }
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(impl_->database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                         &statement, nullptr) != SQLITE_OK) {
    Fail(sql);
    return nullptr;
  }
  impl_->statements.emplace(sql, statement);
  return statement;
}

void Connection::ExecuteScript(const std::string& sql) {
  if (!status_) return;
  if (sqlite3_exec(impl_->database, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) Fail(sql);
}

int64_t Connection::LastInsertRowId() const { return sqlite3_last_insert_rowid(impl_->database); }

int64_t Connection::Changes() const { return status_ ? sqlite3_changes64(impl_->database) : 0; }

void Connection::Fail(std::string_view doing) {
  if (status_) status_ = MakeError(ErrorCode::kIo, "account database: {} ({})", sqlite3_errmsg(impl_->database), doing);
}

void Connection::Bind(sqlite3_stmt* statement, int index, std::nullptr_t) {
  if (statement != nullptr) sqlite3_bind_null(statement, index);
}
void Connection::Bind(sqlite3_stmt* statement, int index, int64_t value) {
  if (statement != nullptr) sqlite3_bind_int64(statement, index, value);
}
void Connection::Bind(sqlite3_stmt* statement, int index, std::string_view text) {
  // A null pointer would bind NULL: an empty view is an empty text.
  const char* bytes = text.data() != nullptr ? text.data() : "";
  if (statement != nullptr) sqlite3_bind_text(statement, index, bytes, static_cast<int>(text.size()), SQLITE_TRANSIENT);
}
void Connection::Bind(sqlite3_stmt* statement, int index, Blob blob) {
  const char* bytes = blob.bytes.data() != nullptr ? blob.bytes.data() : "";
  if (statement != nullptr) {
    sqlite3_bind_blob(statement, index, bytes, static_cast<int>(blob.bytes.size()), SQLITE_TRANSIENT);
  }
}

}  // namespace opentrail::store
