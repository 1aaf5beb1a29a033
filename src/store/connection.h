#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

// The rows of a query. Move-only; does not outlive its connection, nor that one's being moved.
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
  using Idle = std::vector<sqlite3_stmt*>;
  Rows(Connection* connection, sqlite3_stmt* statement, Idle* idle)
      : connection_(connection), statement_(statement), idle_(idle) {}
  void GiveBack();
  Connection* connection_;
  sqlite3_stmt* statement_;  // nullptr: no rows
  Idle* idle_;               // where the statement goes back to; nullptr: it is not kept
};

enum class OpenMode : uint8_t { kReadWrite, kReadOnly };

// One connection to one database file, in WAL mode with synchronous=FULL. Statements are prepared once and kept.
// Not thread-safe: one thread at a time.
class Connection {
 public:
  // So many SQL texts are kept prepared; any more are prepared for each use.
  static constexpr size_t kMaxKeptTexts = 1024;

  // ":memory:" for tests. kReadWrite makes the file (mode 0600) where there is none.
  static Result<Connection> Open(const std::string& path, OpenMode mode = OpenMode::kReadWrite);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  // SQL with ? for each argument: integers, bool, std::string_view (TEXT), Blob, std::optional of these, nullptr.
  template <typename... Args>
  [[nodiscard]] Rows Query(std::string_view sql, const Args&... args) {
    return Bound(ArgumentLife::kCopied, sql, args...);
  }
  // Runs a statement that gives no rows; the number of rows that it changed.
  template <typename... Args>
  int64_t Execute(std::string_view sql, const Args&... args) {
    Rows rows = Bound(ArgumentLife::kOutlivesRows, sql, args...);
    while (rows.Next()) {
    }
    return Changes();
  }
  // Several statements without arguments: schemas.
  void ExecuteScript(const std::string& sql);
  [[nodiscard]] int64_t LastInsertRowId() const;

  // Opens a savepoint named `call` before the next statement that changes anything: who only reads pays for none.
  void DeferSavepoint() { deferral_ = Deferral::kPending; }
  // Opens it now, where it has been deferred until here.
  void OpenDeferredSavepoint();
  // Opens none from here on; true where it was opened, and not yet released.
  bool EndDeferral() { return std::exchange(deferral_, Deferral::kNone) == Deferral::kOpened; }
  [[nodiscard]] bool HasOpenedDeferred() const { return deferral_ == Deferral::kOpened; }

  // False also where SQLite has rolled back by itself (a full disk).
  [[nodiscard]] bool InTransaction() const;

  // Leaves checkpoints to the caller: none is made by commits from now on.
  void TakeOverCheckpoints();
  // After TakeOverCheckpoints: the frames in the write-ahead log after the last commit.
  [[nodiscard]] int64_t wal_frames() const;
  // "" for a database in memory.
  [[nodiscard]] std::string path() const;

  // The first failure since the last ClearStatus, with SQLite's words: kCorrupt where the file is damaged, else kIo.
  [[nodiscard]] const Status& status() const { return status_; }
  // What was read cannot be what was written: a failure as any other.
  void Refuse(Error error) {
    if (status_) status_ = std::unexpected(std::move(error));
  }
  void ClearStatus() { status_ = {}; }

 private:
  friend class Rows;
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  // Whether text and blobs may be bound without a copy.
  enum class ArgumentLife : uint8_t { kCopied, kOutlivesRows };

  template <typename... Args>
  Rows Bound([[maybe_unused]] ArgumentLife life, std::string_view sql, const Args&... args) {
    Rows rows = Prepare(sql);
    int index = 0;
    (Bind({rows.statement_, ++index, life}, args), ...);
    return rows;
  }
  [[nodiscard]] Rows Prepare(std::string_view sql);
  [[nodiscard]] int64_t Changes() const;
  void Fail(std::string_view doing);

  struct Place {
    sqlite3_stmt* statement;
    int index;
    ArgumentLife life;
  };
  void Bind(Place place, std::nullptr_t);
  void Bind(Place place, int64_t value);
  void Bind(Place place, std::string_view text);
  void Bind(Place place, Blob blob);
  void Bind(Place place, const char* text) { Bind(place, std::string_view(text)); }
  void Bind(Place place, const std::string& text) { Bind(place, std::string_view(text)); }
  template <std::integral T>
  void Bind(Place place, T value) {
    Bind(place, static_cast<int64_t>(value));
  }
  template <typename T>
  void Bind(Place place, const std::optional<T>& value) {
    value ? Bind(place, *value) : Bind(place, nullptr);
  }
  void Check(Place place, int result);

  enum class Deferral : uint8_t { kNone, kPending, kOpened };

  std::unique_ptr<Impl> impl_;
  Status status_;
  Deferral deferral_ = Deferral::kNone;
};

}  // namespace opentrail::store
