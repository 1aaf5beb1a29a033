#pragma once

#include <cstdint>
#include <string_view>

#include "sql/position.h"

namespace opentrail::sql {

// clang-format off
// Words that no statement may use as a bare name.
#define OPENTRAIL_SQL_RESERVED(X)                                                                                     \
  X(Alter) X(And) X(As) X(Between) X(By) X(Case) X(Cast) X(Constraint) X(Create) X(Cross) X(Cube) X(Current_Catalog)  \
  X(Current_Date) X(Current_Path) X(Current_Role) X(Current_Schema) X(Current_Time) X(Current_Timestamp)              \
  X(Current_User) X(Deallocate) X(Delete) X(Describe) X(Distinct) X(Drop) X(Else) X(End) X(Escape) X(Except)          \
  X(Execute) X(Exists) X(Extract) X(False) X(For) X(From) X(Full) X(Group) X(Grouping) X(Having) X(In) X(Inner)       \
  X(Insert) X(Intersect) X(Into) X(Is) X(Join) X(Json_Array) X(Json_Exists) X(Json_Object) X(Json_Query)              \
  X(Json_Table) X(Json_Value) X(Left) X(Like) X(Listagg) X(Localtime) X(Localtimestamp) X(Natural) X(Normalize)       \
  X(Not) X(Null) X(On) X(Or) X(Order) X(Outer) X(Prepare) X(Recursive) X(Right) X(Rollup) X(Select) X(Skip) X(Table)  \
  X(Then) X(Trim) X(True) X(Uescape) X(Union) X(Unnest) X(Using) X(Values) X(When) X(Where) X(With)

// Words that mean something in places and are plain names elsewhere; of Trino's list those that this parser looks for.
#define OPENTRAIL_SQL_NONRESERVED(X)                                                                                  \
  X(Absent) X(Descriptor) X(Key) X(Keys) X(Nested) X(Path) X(Plan) X(Unique) X(Utf16) X(Utf32) X(Utf8) X(Value)        \
  X(All) X(Analyze) X(Any) X(Array) X(Asc) X(At) X(Bernoulli) X(Both) X(Call) X(Comment) X(Columns) X(Commit) X(Conditional)     \
  X(Count) X(Current) X(Day) X(Default) X(Deny) X(Desc) X(Double) X(Empty) X(Encoding) X(Error) X(Explain) X(Fetch)   \
  X(Filter) X(First) X(Following) X(Format) X(Grant) X(Groups) X(Hour) X(Ignore) X(Interval) X(Json) X(Keep) X(Last)  \
  X(Lateral) X(Leading) X(Limit) X(Map) X(Match_Recognize) X(Measures) X(Merge) X(Minute) X(Month) X(Next) X(Nfc)     \
  X(Nfd) X(Nfkc) X(Nfkd) X(Nulls) X(Object) X(Of) X(Offset) X(Omit) X(Only) X(Ordinality) X(Over) X(Overflow)         \
  X(Partition) X(Passing) X(Position) X(Preceding) X(Precision) X(Quotes) X(Range) X(Refresh) X(Reset) X(Respect)     \
  X(Returning) X(Revoke) X(Rollback) X(Row) X(Rows) X(Scalar) X(Second) X(Set) X(Sets) X(Show) X(Some) X(Start)       \
  X(String) X(Substring) X(System) X(Tablesample) X(Ties) X(Time) X(Timestamp) X(To) X(Trailing) X(Truncate)          \
  X(Try_Cast) X(Unbounded) X(Unconditional) X(Unknown) X(Unload) X(Update) X(Use) X(Version) X(Window) X(Within)      \
  X(Without) X(Wrapper) X(Year) X(Zone)
// clang-format on

enum class TokenKind : uint16_t {
  kEndOfInput,
  kFailed,      // what a cursor shows once an error is found; the lexer never makes it
  kIdentifier,  // letters, digits and _, not a word of the lists below
  kQuotedIdentifier,
  kBackquotedIdentifier,  // recognised to be refused
  kDigitIdentifier,       // 1abc: recognised to be refused
  kStringLiteral,         // '…'
  kUnicodeStringLiteral,  // U&'…'
  kBinaryLiteral,         // X'…'
  kIntegerLiteral,
  kDecimalLiteral,
  kDoubleLiteral,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kPlus,
  kMinus,
  kAsterisk,
  kSlash,
  kPercent,
  kConcat,
  kQuestionMark,
  kLeftParenthesis,
  kRightParenthesis,
  kLeftBracket,
  kRightBracket,
  kComma,
  kDot,
  kArrow,
  kDoubleArrow,  // =>
  kColon,
  kSemicolon,
  kOther,  // one character, or {- -}, that no query has a use for
#define OPENTRAIL_SQL_ENUMERATOR(word) k##word,
  OPENTRAIL_SQL_RESERVED(OPENTRAIL_SQL_ENUMERATOR) OPENTRAIL_SQL_NONRESERVED(OPENTRAIL_SQL_ENUMERATOR)
#undef OPENTRAIL_SQL_ENUMERATOR
      kCount_,
};

inline constexpr size_t kTokenKinds = static_cast<size_t>(TokenKind::kCount_);

struct Token {
  TokenKind kind = TokenKind::kEndOfInput;
  Position position;
  std::string_view text;  // a slice of the statement; empty at its end
};

// The kind of a word, whatever its case: a keyword's, or kIdentifier.
[[nodiscard]] TokenKind WordKind(std::string_view word);
[[nodiscard]] bool IsReserved(TokenKind kind);
[[nodiscard]] bool IsNonReserved(TokenKind kind);
// As an error lists it among what was expected: 'SELECT', '(', <EOF>.
[[nodiscard]] std::string_view DisplayName(TokenKind kind);

}  // namespace opentrail::sql
