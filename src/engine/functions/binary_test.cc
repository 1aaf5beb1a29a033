#include "engine/functions/function_test.h"
#include "engine/functions/register.h"

namespace opentrail::engine {
namespace {

class BinaryFunctionsTest : public FunctionTest {
 protected:
  BinaryFunctionsTest() { RegisterBinaryFunctions(Database()); }

  std::string Hex(const std::string& expression) { return Eval("trino_to_hex(" + expression + ")"); }
};

TEST_F(BinaryFunctionsTest, Digests) {
  EXPECT_EQ(Hex("trino_md5('abc'::BLOB)"), "900150983CD24FB0D6963F7D28E17F72");
  EXPECT_EQ(Hex("trino_sha1('abc'::BLOB)"), "A9993E364706816ABA3E25717850C26C9CD0D89D");
  EXPECT_EQ(Hex("trino_sha256(''::BLOB)"), "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855");
  EXPECT_EQ(Hex("trino_sha512('abc'::BLOB)").substr(0, 16), "DDAF35A193617ABA");
  EXPECT_EQ(Hex("trino_xxhash64(''::BLOB)"), "EF46DB3751D8E999");
  EXPECT_EQ(Hex("trino_hmac_sha256('what do ya want for nothing?'::BLOB, 'Jefe'::BLOB)"),
            "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843");
  EXPECT_EQ(EvalError("trino_hmac_md5('a'::BLOB, ''::BLOB)"), "GENERIC_INTERNAL_ERROR: Empty key");
  EXPECT_EQ(Eval("trino_crc32('123456789'::BLOB)"), "3421780262");
  EXPECT_EQ(Eval("trino_crc32(''::BLOB)"), "0");
}

TEST_F(BinaryFunctionsTest, HexAndBase64) {
  EXPECT_EQ(Hex("trino_from_hex('00fFa0')"), "00FFA0");
  EXPECT_EQ(EvalError("trino_from_hex('abc')"), "INVALID_FUNCTION_ARGUMENT: invalid input length 3");
  EXPECT_EQ(EvalError("trino_from_hex('zz')"), "INVALID_FUNCTION_ARGUMENT: not a hexadecimal digit: \"z\" = 122");
  EXPECT_EQ(Eval("trino_to_base64('a'::BLOB)"), "YQ==");
  EXPECT_EQ(Eval("trino_to_base64(''::BLOB)"), "");
  EXPECT_EQ(Eval("trino_to_base64('hello world'::BLOB)"), "aGVsbG8gd29ybGQ=");
  EXPECT_EQ(Eval("trino_to_base64url(trino_from_hex('FBFF'))"), "-_8=");
  EXPECT_EQ(Hex("trino_from_base64('+/8=')"), "FBFF");
  EXPECT_EQ(Hex("trino_from_base64url('-_8')"), "FBFF");
  EXPECT_EQ(Eval("trino_from_utf8(trino_from_base64('aGVsbG8gd29ybGQ='))"), "hello world");
  EXPECT_EQ(Hex("trino_from_base64('YQ=='::BLOB)"), "61");
  EXPECT_EQ(EvalError("trino_from_base64('a?==')"), "INVALID_FUNCTION_ARGUMENT: Illegal base64 character 3f");
  EXPECT_EQ(EvalError("trino_from_base64('YWFhY')"),
            "INVALID_FUNCTION_ARGUMENT: Last unit does not have enough valid bits");
  EXPECT_EQ(EvalError("trino_from_base64('YQ=')"),
            "INVALID_FUNCTION_ARGUMENT: Input byte array has wrong 4-byte ending unit");
}

TEST_F(BinaryFunctionsTest, Base32) {
  EXPECT_EQ(Eval("trino_to_base32('foobar'::BLOB)"), "MZXW6YTBOI======");
  EXPECT_EQ(Eval("trino_from_utf8(trino_from_base32('MZXW6YQ='))"), "foob");
  EXPECT_EQ(EvalError("trino_from_base32('M')"), "INVALID_FUNCTION_ARGUMENT: Invalid input length 1");
  EXPECT_EQ(EvalError("trino_from_base32('m1======')"), "INVALID_FUNCTION_ARGUMENT: Unrecognized character: m");
}

TEST_F(BinaryFunctionsTest, Utf8) {
  EXPECT_EQ(Hex("trino_to_utf8('\xc3\xa9')"), "C3A9");
  EXPECT_EQ(Eval("trino_from_utf8(trino_from_hex('C3A9'))"), "\xc3\xa9");
  EXPECT_EQ(Eval("trino_from_utf8(trino_from_hex('41FF42'))"),
            "A\xef\xbf\xbd"
            "B");
  EXPECT_EQ(Eval("trino_from_utf8(trino_from_hex('41EDA08042'), '')"), "AB") << "a surrogate is no UTF-8";
  EXPECT_EQ(Eval("trino_from_utf8(trino_from_hex('C0AF'), '?')"), "\x3f?") << "overlong, two pieces";
  EXPECT_EQ(Eval("trino_from_utf8(trino_from_hex('E28241'), 35)"), "#A") << "cut short, one piece";
  EXPECT_EQ(EvalError("trino_from_utf8(''::BLOB, 'ab')"),
            "INVALID_FUNCTION_ARGUMENT: Replacement character string must empty or a single character");
}

TEST_F(BinaryFunctionsTest, Numbers) {
  EXPECT_EQ(Hex("trino_to_big_endian_64(-2::BIGINT)"), "FFFFFFFFFFFFFFFE");
  EXPECT_EQ(Eval("trino_from_big_endian_64(trino_to_big_endian_64(-2::BIGINT))"), "-2");
  EXPECT_EQ(Hex("trino_to_big_endian_32(258)"), "00000102");
  EXPECT_EQ(Eval("trino_from_big_endian_32(trino_from_hex('00000102'))"), "258");
  EXPECT_EQ(EvalError("trino_from_big_endian_64('a'::BLOB)"),
            "INVALID_FUNCTION_ARGUMENT: expected 8-byte input, but got instead: 1");
  EXPECT_EQ(Hex("trino_to_ieee754_64(3.1415926::DOUBLE)"), "400921FB4D12D84A");
  EXPECT_EQ(Eval("trino_from_ieee754_64(trino_from_hex('400921FB4D12D84A'))"), "3.1415926");
  EXPECT_EQ(Hex("trino_to_ieee754_32(1.5::FLOAT)"), "3FC00000");
  EXPECT_EQ(Eval("trino_from_ieee754_32(trino_from_hex('3FC00000'))"), "1.5");
}

TEST_F(BinaryFunctionsTest, Pieces) {
  EXPECT_EQ(Eval("trino_from_utf8(trino_binary_substr('hello'::BLOB, 2, 3))"), "ell");
  EXPECT_EQ(Eval("trino_from_utf8(trino_binary_substr('hello'::BLOB, -3))"), "llo");
  EXPECT_EQ(Hex("trino_binary_substr('hello'::BLOB, -6)"), "");
  EXPECT_EQ(Hex("trino_binary_reverse(trino_from_hex('0102'))"), "0201");
  EXPECT_EQ(Hex("trino_binary_lpad(trino_from_hex('0102'), 5, trino_from_hex('AABB'))"), "AABBAA0102");
  EXPECT_EQ(Hex("trino_binary_rpad(trino_from_hex('0102'), 1, trino_from_hex('AA'))"), "01");
  EXPECT_EQ(EvalError("trino_binary_lpad(''::BLOB, 1, ''::BLOB)"),
            "INVALID_FUNCTION_ARGUMENT: Padding bytes must not be empty");
}

}  // namespace
}  // namespace opentrail::engine
