#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sql/operators.h"
#include "sql/type.h"

// What names mean at a place in a query.
namespace opentrail::sql {

// A column that a relation offers.
struct Field {
  std::string name;                    // lower case; empty: it has none
  std::string label;                   // its spelling in the output of SELECT *
  std::vector<std::string> qualifier;  // lower case: {"catalog", "database", "table"}, {"alias"}, or none
  Type type;
  std::string sql;
  std::string scan_alias;  // not empty: a column of opentrail_scan under this alias …
  std::string scan_path;   // … of this name there ("useridentity")
  bool hidden = false;     // resolves by name, is no part of *, and gives way to a visible one
  // A column of a WITH query: where the query that has it keeps which of its columns are read; it outlives the field.
  std::vector<bool>* used = nullptr;
  size_t used_index = 0;

  void MarkUsed() const {
    if (used != nullptr) (*used)[used_index] = true;
  }
};

// An expression that a query groups by.
struct GroupKey {
  TypedSql key;            // as it is written elsewhere in the query: what is looked for
  std::string engine_key;  // what the engine groups by
  std::string output;      // what stands for it above the grouping
};

struct Grouping {
  std::vector<GroupKey> keys;
};

// The columns of one query's FROM; outer is the query around it. A scope outlives all that is resolved in it.
struct Scope {
  std::vector<Field> fields;
  const Scope* outer = nullptr;
  std::string_view refused_by;             // RIGHT, FULL: the join whose right side must not read these columns
  const Grouping* grouping = nullptr;      // set once the query is known to aggregate
  mutable bool is_correlated = false;      // a query inside reads one of the columns
  mutable bool subquery_violates = false;  // a query inside refers to a column that grouping does not cover
};

// Whether what is resolved while it lives reads a column of the scope, or of one around it, from within a query inside.
class CorrelationWatch {
 public:
  explicit CorrelationWatch(const Scope* scope) : scope_(scope) {
    for (; scope != nullptr; scope = scope->outer) before_.push_back(std::exchange(scope->is_correlated, false));
  }
  CorrelationWatch(const CorrelationWatch&) = delete;
  CorrelationWatch& operator=(const CorrelationWatch&) = delete;
  ~CorrelationWatch() {
    size_t i = 0;
    for (const Scope* scope = scope_; scope != nullptr; scope = scope->outer) {
      scope->is_correlated = scope->is_correlated || before_[i++];
    }
  }

  [[nodiscard]] bool Saw() const {
    bool saw = false;
    for (const Scope* scope = scope_; scope != nullptr; scope = scope->outer) saw = saw || scope->is_correlated;
    return saw;
  }

 private:
  const Scope* scope_;
  std::vector<bool> before_;
};

// A resolved expression.
struct Resolved : TypedSql {
  std::string scan_alias;  // as in Field, also for "useridentity.sessioncontext.sessionissuer"
  std::string scan_path;
  const Scope* violates = nullptr;  // a scope whose grouping does not cover a column in here
};

// A column of a query's result; the engine names it "c0", "c1", ….
struct QueryColumn {
  std::string label;  // empty: it has none
  Type type;
};

struct ResolvedQuery {
  std::string sql;
  std::vector<QueryColumn> columns;
};

struct ResolvedRelation {
  std::string sql;
  std::vector<Field> fields;
  std::string alias;  // its only one, where it is no join

  // Where UNNESTs end the relation: sql is head + tail, and these are the tail's aliases. The engine moves no condition
  // past an UNNEST by itself.
  std::string head;
  std::string head_alias;
  std::string tail;
  std::vector<std::string> unnest_aliases;
};

// A query named by WITH.
struct CommonTable {
  std::string name;  // lower case
  std::string engine_name;
  ResolvedQuery query;
  uint32_t references = 0;
  std::vector<bool> used;  // columns
  bool recursive = false;
};

}  // namespace opentrail::sql
