#include "store/connection.h"

#include <functional>
#include <unordered_map>

#include <fcntl.h>
#include <sqlite3.h>

#include "store/file.h"

namespace opentrail::store {
namespace {

struct TextHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

constexpr int kBusyTimeoutMilliseconds = 10'000;

// A commit is durable when it returns; readers never wait for it. A page takes half a dozen audit records: with
// SQLite's own 4 KiB the write-ahead log costs twice the system calls.
constexpr char kWriterSetup[] =
    "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384";
constexpr char kReaderSetup[] = "PRAGMA query_only=1";

// SQLite would make the file readable by all.
Status MakeFile(const std::string& path) {
  if (path == ":memory:") return {};
  const auto file = File::Open(path, O_RDWR | O_CREAT);
  return file ? Status() : std::unexpected(file.error());
}

// Before the first connection. SQLite counts its memory under one lock of the whole process unless it is told not to:
// each of its allocations would take it, and the writer, the readers and the history would meet there.
void ConfigureOnce() {
  static const int kDone = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(kDone);
}

int KeepFrames(void* frames, sqlite3*, const char*, int count) {
  *static_cast<int64_t*>(frames) = count;
  return SQLITE_OK;
}

}  // namespace

struct Connection::Impl {
  sqlite3* database = nullptr;
  std::unordered_map<std::string, Rows::Idle, TextHash, std::equal_to<>> statements;
  int64_t wal_frames = 0;

  ~Impl() {
    for (const auto& [sql, idle] : statements) {
      for (sqlite3_stmt* statement : idle) sqlite3_finalize(statement);
    }
    sqlite3_close_v2(database);
  }
};

Rows::Rows(Rows&& other) noexcept
    : connection_(other.connection_), statement_(std::exchange(other.statement_, nullptr)), idle_(other.idle_) {}

Rows::~Rows() { GiveBack(); }

void Rows::GiveBack() {
  if (statement_ == nullptr) return;
  if (idle_ != nullptr) {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    idle_->push_back(statement_);
  } else {
    sqlite3_finalize(statement_);
  }
  statement_ = nullptr;
}

bool Rows::Next() {
  if (statement_ == nullptr || !connection_->status_) return false;
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) connection_->Fail(sqlite3_sql(statement_));
  GiveBack();
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
  if (mode == OpenMode::kReadWrite) {
    if (const Status made = MakeFile(path); !made) return std::unexpected(made.error());
  }
  ConfigureOnce();
  auto impl = std::make_unique<Impl>();
  const int flags = (mode == OpenMode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (sqlite3_open_v2(path.c_str(), &impl->database, flags, nullptr) != SQLITE_OK) {
    return MakeError(ErrorCode::kIo, "{}: {}", path, sqlite3_errmsg(impl->database));
  }
  sqlite3_busy_timeout(impl->database, kBusyTimeoutMilliseconds);
  Connection connection(std::move(impl));
  connection.ExecuteScript(mode == OpenMode::kReadOnly ? kReaderSetup : kWriterSetup);
  if (!connection.status_) return std::unexpected(connection.status_.error());
  return connection;
}

Rows Connection::Prepare(std::string_view sql) {
  if (!status_) return {this, nullptr, nullptr};
  auto found = impl_->statements.find(sql);
  if (found == impl_->statements.end() && impl_->statements.size() < kMaxKeptTexts) {
    found = impl_->statements.try_emplace(std::string(sql)).first;
  }
  Rows::Idle* idle = found != impl_->statements.end() ? &found->second : nullptr;
  sqlite3_stmt* statement = nullptr;
  if (idle != nullptr && !idle->empty()) {
    statement = idle->back();
    idle->pop_back();
  } else if (sqlite3_prepare_v3(impl_->database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                &statement, nullptr) != SQLITE_OK) {
    Fail(sql);
  }
  if (deferral_ == Deferral::kPending && statement != nullptr && sqlite3_stmt_readonly(statement) == 0) {
    OpenDeferredSavepoint();
  }
  return {this, statement, idle};
}

void Connection::OpenDeferredSavepoint() {
  if (deferral_ != Deferral::kPending) return;
  deferral_ = Deferral::kOpened;
  Execute("SAVEPOINT call");
}

void Connection::ExecuteScript(const std::string& sql) {
  if (!status_) return;
  if (sqlite3_exec(impl_->database, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) Fail(sql);
}

int64_t Connection::LastInsertRowId() const { return sqlite3_last_insert_rowid(impl_->database); }

int64_t Connection::Changes() const { return status_ ? sqlite3_changes64(impl_->database) : 0; }

bool Connection::InTransaction() const { return sqlite3_get_autocommit(impl_->database) == 0; }

void Connection::TakeOverCheckpoints() { sqlite3_wal_hook(impl_->database, KeepFrames, &impl_->wal_frames); }

int64_t Connection::wal_frames() const { return impl_->wal_frames; }

std::string Connection::path() const {
  const char* name = sqlite3_db_filename(impl_->database, "main");
  return name != nullptr ? name : "";
}

void Connection::Fail(std::string_view doing) {
  if (!status_) return;
  const int code = sqlite3_errcode(impl_->database) & 0xff;
  const bool is_corrupt = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
  status_ = MakeError(is_corrupt ? ErrorCode::kCorrupt : ErrorCode::kIo, "{}: {} ({})", path(),
                      sqlite3_errmsg(impl_->database), doing);
}

void Connection::Check(Place place, int result) {
  if (result != SQLITE_OK) Fail(sqlite3_sql(place.statement));
}
void Connection::Bind(Place place, std::nullptr_t) {
  if (place.statement != nullptr) Check(place, sqlite3_bind_null(place.statement, place.index));
}
void Connection::Bind(Place place, int64_t value) {
  if (place.statement != nullptr) Check(place, sqlite3_bind_int64(place.statement, place.index, value));
}
void Connection::Bind(Place place, std::string_view text) {
  if (place.statement == nullptr) return;
  // A null pointer would bind NULL: an empty view is an empty text.
  const char* bytes = text.data() != nullptr ? text.data() : "";
  const auto life = place.life == ArgumentLife::kCopied ? SQLITE_TRANSIENT : SQLITE_STATIC;
  Check(place, sqlite3_bind_text64(place.statement, place.index, bytes, text.size(), life, SQLITE_UTF8));
}
void Connection::Bind(Place place, Blob blob) {
  if (place.statement == nullptr) return;
  const char* bytes = blob.bytes.data() != nullptr ? blob.bytes.data() : "";
  const auto life = place.life == ArgumentLife::kCopied ? SQLITE_TRANSIENT : SQLITE_STATIC;
  Check(place, sqlite3_bind_blob64(place.statement, place.index, bytes, blob.bytes.size(), life));
}

}  // namespace opentrail::store
