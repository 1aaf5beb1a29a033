#include "sql/lexer.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace opentrail::sql {
namespace {

using enum TokenKind;
using Kinds = std::vector<TokenKind>;

Kinds KindsOf(std::string_view text) {
  Kinds kinds;
  const std::vector<Token> tokens = *Tokenize(text);
  for (const Token& token : tokens) kinds.push_back(token.kind);
  EXPECT_EQ(kinds.back(), kEndOfInput);
  kinds.pop_back();
  return kinds;
}

std::vector<std::string> TextsOf(std::string_view text) {
  std::vector<std::string> texts;
  const std::vector<Token> tokens = *Tokenize(text);
  for (const Token& token : tokens) texts.emplace_back(token.text);
  texts.pop_back();
  return texts;
}

TEST(Lexer, EmptyAndBlank) {
  EXPECT_EQ(KindsOf(""), Kinds{});
  EXPECT_EQ(KindsOf(" \t\r\n"), Kinds{});
  EXPECT_EQ(Tokenize(" \n ")->back().position, (Position{2, 2}));
}

TEST(Lexer, Words) {
  EXPECT_EQ(KindsOf("select SeLeCt selects _a a1 a_b"),
            (Kinds{kSelect, kSelect, kIdentifier, kIdentifier, kIdentifier, kIdentifier}));
  EXPECT_EQ(KindsOf("\"a\"\"b\" `c``d` \"\""), (Kinds{kQuotedIdentifier, kBackquotedIdentifier, kQuotedIdentifier}));
  EXPECT_EQ(TextsOf("a.b"), (std::vector<std::string>{"a", ".", "b"}));
}

TEST(Lexer, Numbers) {
  EXPECT_EQ(KindsOf("1 12.5 .5 1. 1e5 1.5E-3 .1e+2"),
            (Kinds{kIntegerLiteral, kDecimalLiteral, kDecimalLiteral, kDecimalLiteral, kDoubleLiteral, kDoubleLiteral,
                   kDoubleLiteral}));
  EXPECT_EQ(KindsOf("1a 1e 1e5x 1__000 0x 1_ 0b2"), Kinds(7, kDigitIdentifier));
  EXPECT_EQ(KindsOf("1_000 0x1F 0b101 0o17 1_0.5"),
            (Kinds{kIntegerLiteral, kIntegerLiteral, kIntegerLiteral, kIntegerLiteral, kDecimalLiteral}));
  EXPECT_EQ(TextsOf("1..2"), (std::vector<std::string>{"1.", ".2"}));
  EXPECT_EQ(TextsOf("1.5x"), (std::vector<std::string>{"1.5", "x"}));
  EXPECT_EQ(TextsOf("1e+5x"), (std::vector<std::string>{"1e+5", "x"}));
  EXPECT_EQ(TextsOf("1e+"), (std::vector<std::string>{"1e", "+"}));
  EXPECT_EQ(TextsOf("a.1"), (std::vector<std::string>{"a", ".1"}));
}

TEST(Lexer, Strings) {
  EXPECT_EQ(TextsOf("'a''b' 'c'"), (std::vector<std::string>{"'a''b'", "'c'"}));
  EXPECT_EQ(KindsOf("'' x'0' U&'a' u'b' N'c'"), (Kinds{kStringLiteral, kBinaryLiteral, kUnicodeStringLiteral,
                                                       kIdentifier, kStringLiteral, kIdentifier, kStringLiteral}));
  EXPECT_EQ(TextsOf("X'a''b'"), (std::vector<std::string>{"X'a'", "'b'"}));
  EXPECT_EQ(TextsOf("'-- /* '"), (std::vector<std::string>{"'-- /* '"}));
}

TEST(Lexer, WhatNeverClosesIsACharacter) {
  EXPECT_EQ(KindsOf("'ab"), (Kinds{kOther, kIdentifier}));
  EXPECT_EQ(TextsOf("'a''b"), (std::vector<std::string>{"'a'", "'", "b"}));
  EXPECT_EQ(KindsOf("\"ab"), (Kinds{kOther, kIdentifier}));
  EXPECT_EQ(KindsOf("`ab"), (Kinds{kOther, kIdentifier}));
  EXPECT_EQ(TextsOf("X'ab"), (std::vector<std::string>{"X", "'", "ab"}));
  EXPECT_EQ(TextsOf("U&'ab"), (std::vector<std::string>{"U", "&", "'", "ab"}));
  EXPECT_EQ(TextsOf("1 /* a"), (std::vector<std::string>{"1", "/", "*", "a"}));
}

TEST(Lexer, StringsOfHive) {
  const auto texts_of = [](std::string_view text) {
    std::vector<std::string> texts;
    const std::vector<Token> tokens = *Tokenize(text, Quoting::kBackslash);
    for (const Token& token : tokens) texts.emplace_back(token.text);
    texts.pop_back();
    return texts;
  };
  EXPECT_EQ(texts_of(R"('it\'s' "a\"b" '\\' `a\`)"),
            (std::vector<std::string>{R"('it\'s')", R"("a\"b")", R"('\\')", R"(`a\`)"}));
  EXPECT_EQ(texts_of(R"('a''b' 'c'"d"'e' 'f)"), (std::vector<std::string>{"'a''b'", R"('c'"d"'e')", "'f"}));
  EXPECT_EQ(texts_of(R"('a\' b)"), (std::vector<std::string>{R"('a\' b)"}));
  EXPECT_EQ(texts_of(R"('a\)"), (std::vector<std::string>{R"('a\)"}));
  EXPECT_EQ(texts_of("x'a' u&'b'"), (std::vector<std::string>{"x", "'a'", "u", "&", "'b'"}));
  EXPECT_EQ(Tokenize("\"a\"'b'", Quoting::kBackslash)->front().kind, kQuotedIdentifier);
}

TEST(Lexer, Comments) {
  EXPECT_EQ(TextsOf("a--b\nc"), (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(TextsOf("a--b\rc"), (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(TextsOf("a/*b*/c/**/d/***/e"), (std::vector<std::string>{"a", "c", "d", "e"}));
  EXPECT_EQ(TextsOf("a/*/b*/c"), (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(TextsOf("a - -b"), (std::vector<std::string>{"a", "-", "-", "b"}));
}

TEST(Lexer, Signs) {
  EXPECT_EQ(
      KindsOf("<> != <= >= < > = || -> ? ; , ( ) [ ] + - * / %"),
      (Kinds{
          kNotEqual,    kNotEqual,     kLessOrEqual,  kGreaterOrEqual, kLess,     kGreater,         kEqual,
          kConcat,      kArrow,        kQuestionMark, kSemicolon,      kComma,    kLeftParenthesis, kRightParenthesis,
          kLeftBracket, kRightBracket, kPlus,         kMinus,          kAsterisk, kSlash,           kPercent}));
  EXPECT_EQ(TextsOf("=>==|:!"), (std::vector<std::string>{"=>", "=", "=", "|", ":", "!"}));
  EXPECT_EQ(TextsOf("a<=-1"), (std::vector<std::string>{"a", "<=", "-", "1"}));
}

TEST(Lexer, OtherCharactersAreWholeCodePoints) {
  EXPECT_EQ(TextsOf("é’😀"), (std::vector<std::string>{"é", "’", "😀"}));
  EXPECT_EQ(KindsOf(std::string_view("a\0b", 3)), (Kinds{kIdentifier, kOther, kIdentifier}));
}

TEST(Lexer, PositionsCountCodePoints) {
  const std::vector<Token> tokens = *Tokenize("'é😀' a\n  b");
  EXPECT_EQ(tokens[1].position, (Position{1, 6}));
  EXPECT_EQ(tokens[2].position, (Position{2, 3}));
  EXPECT_EQ(tokens[3].position, (Position{2, 4}));
}

}  // namespace
}  // namespace opentrail::sql
