#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

// A thin face over SQLite. Errors are sticky: after the first failure a connection gives no more rows, changes
// nothing, and status() says what happened; whoever commits looks there once. So no caller can go on unknowingly, and
// none has to check each line.
namespace opentrail::store {

// Bytes for a BLOB column; a std::string_view goes to a TEXT column.
struct Blob {
  std::string_view bytes;
};

class Connection;

// The rows of a query, while the connection makes no second use of the same SQL text. Move-only.
//   Rows rows = connection.Query("SELECT name FROM user WHERE path = ?", path);
//   while (rows.Next()) use(rows.Text(0));
class Rows {
 public:
  Rows(Rows&& other) noexcept;
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  // Moves on to the next row; false at the end and after an error.
  bool Next();
  // Columns of the current row, by place from 0. Views live until the next Next().
  [[nodiscard]] std::string_view Text(int column) const;  // TEXT and BLOB; "" for NULL
  [[nodiscard]] int64_t Integer(int column) const;        // 0 for NULL
  [[nodiscard]] bool Boolean(int column) const { return Integer(column) != 0; }
  [[nodiscard]] bool IsNull(int column) const;

 private:
  friend class Connection;
  Rows(Connection* connection, sqlite3_stmt* statement) : connection_(connection), statement_(statement) {}
  Connection* connection_;
  sqlite3_stmt* statement_;  // nullptr: no rows
};

enum class OpenMode : uint8_t { kReadWrite, kReadOnly };

// One connection to one database file, in WAL mode with synchronous=FULL. Statements are prepared once and kept.
// Not thread-safe: one thread at a time.
class Connection {
 public:
  // ":memory:" for tests. kReadWrite makes the file (mode 0600) where there is none.
  static Result<Connection> Open(const std::string& path, OpenMode mode = OpenMode::kReadWrite);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  // SQL with ? for each argument: integers, bool, std::string_view (TEXT), Blob, std::optional of these, nullptr.
  template <typename... Args>
  [[nodiscard]] Rows Query(std::string_view sql, const Args&... args) {
    sqlite3_stmt* statement = Prepare(sql);
    int index = 0;
    (Bind(statement, ++index, args), ...);
    return Rows(this, statement);
  }
  // Runs a statement that gives no rows; the number of rows that it changed.
  template <typename... Args>
  int64_t Execute(std::string_view sql, const Args&... args) {
    Rows rows = Query(sql, args...);
    while (rows.Next()) {
    }
    return Changes();
  }
  // Several statements without arguments: schemas.
  void ExecuteScript(const std::string& sql);
  [[nodiscard]] int64_t LastInsertRowId() const;

  // The first failure since the last ClearStatus, with SQLite's words.
  [[nodiscard]] const Status& status() const { return status_; }
  void ClearStatus() { status_ = {}; }

 private:
  friend class Rows;
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  [[nodiscard]] sqlite3_stmt* Prepare(std::string_view sql);
  [[nodiscard]] int64_t Changes() const;
  void Fail(std::string_view doing);

  void Bind(sqlite3_stmt* statement, int index, std::nullptr_t);
  void Bind(sqlite3_stmt* statement, int index, int64_t value);
  void Bind(sqlite3_stmt* statement, int index, std::string_view text);
  void Bind(sqlite3_stmt* statement, int index, Blob blob);
  void Bind(sqlite3_stmt* statement, int index, const char* text) { Bind(statement, index, std::string_view(text)); }
  void Bind(sqlite3_stmt* statement, int index, const std::string& text) {
    Bind(statement, index, std::string_view(text));
  }
  template <std::integral T>
  void Bind(sqlite3_stmt* statement, int index, T value) {
    Bind(statement, index, static_cast<int64_t>(value));
  }
  template <typename T>
  void Bind(sqlite3_stmt* statement, int index, const std::optional<T>& value) {
    value ? Bind(statement, index, *value) : Bind(statement, index, nullptr);
  }

  std::unique_ptr<Impl> impl_;
  Status status_;
};

}  // namespace opentrail::store
