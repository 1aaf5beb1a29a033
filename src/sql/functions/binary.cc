#include "sql/function.h"

namespace opentrail::sql {
namespace {

constexpr auto kScalar = FunctionKind::kScalar;

constexpr FunctionSignature kFunctions[] = {
    {"crc32", kScalar, "(varbinary) -> bigint", ""},
    {"from_base32", kScalar, "(varchar(x)) -> varbinary", ""},
    {"from_base32", kScalar, "(varbinary) -> varbinary", ""},
    {"from_base64", kScalar, "(varchar(x)) -> varbinary", ""},
    {"from_base64", kScalar, "(varbinary) -> varbinary", ""},
    {"from_base64url", kScalar, "(varchar(x)) -> varbinary", ""},
    {"from_base64url", kScalar, "(varbinary) -> varbinary", ""},
    {"from_big_endian_32", kScalar, "(varbinary) -> integer", ""},
    {"from_big_endian_64", kScalar, "(varbinary) -> bigint", ""},
    {"from_hex", kScalar, "(varchar(x)) -> varbinary", ""},
    {"from_hex", kScalar, "(varbinary) -> varbinary", ""},
    {"from_ieee754_32", kScalar, "(varbinary) -> real", ""},
    {"from_ieee754_64", kScalar, "(varbinary) -> double", ""},
    {"from_utf8", kScalar, "(varbinary) -> varchar", ""},
    {"from_utf8", kScalar, "(varbinary, varchar(x)) -> varchar", ""},
    {"from_utf8", kScalar, "(varbinary, bigint) -> varchar", ""},
    {"hmac_md5", kScalar, "(varbinary, varbinary) -> varbinary", ""},
    {"hmac_sha1", kScalar, "(varbinary, varbinary) -> varbinary", ""},
    {"hmac_sha256", kScalar, "(varbinary, varbinary) -> varbinary", ""},
    {"hmac_sha512", kScalar, "(varbinary, varbinary) -> varbinary", ""},
    {"length", kScalar, "(varbinary) -> bigint", "octet_length($1)"},
    {"lpad", kScalar, "(varbinary, bigint, varbinary) -> varbinary", "trino_binary_lpad($*)"},
    {"md5", kScalar, "(varbinary) -> varbinary", ""},
    {"murmur3", kScalar, "(varbinary) -> varbinary", ""},
    {"reverse", kScalar, "(varbinary) -> varbinary", "trino_binary_reverse($*)"},
    {"rpad", kScalar, "(varbinary, bigint, varbinary) -> varbinary", "trino_binary_rpad($*)"},
    {"sha1", kScalar, "(varbinary) -> varbinary", ""},
    {"sha256", kScalar, "(varbinary) -> varbinary", ""},
    {"sha512", kScalar, "(varbinary) -> varbinary", ""},
    {"spooky_hash_v2_32", kScalar, "(varbinary) -> varbinary", ""},
    {"spooky_hash_v2_64", kScalar, "(varbinary) -> varbinary", ""},
    {"substr", kScalar, "(varbinary, bigint) -> varbinary", "trino_binary_substr($*)"},
    {"substr", kScalar, "(varbinary, bigint, bigint) -> varbinary", "trino_binary_substr($*)"},
    {"to_base32", kScalar, "(varbinary) -> varchar", ""},
    {"to_base64", kScalar, "(varbinary) -> varchar", ""},
    {"to_base64url", kScalar, "(varbinary) -> varchar", ""},
    {"to_big_endian_32", kScalar, "(integer) -> varbinary", ""},
    {"to_big_endian_64", kScalar, "(bigint) -> varbinary", ""},
    {"to_hex", kScalar, "(varbinary) -> varchar", ""},
    {"to_ieee754_32", kScalar, "(real) -> varbinary", ""},
    {"to_ieee754_64", kScalar, "(double) -> varbinary", ""},
    {"to_utf8", kScalar, "(varchar(x)) -> varbinary", ""},
    {"xxhash64", kScalar, "(varbinary) -> varbinary", ""},
};

}  // namespace

std::span<const FunctionSignature> BinaryFunctions() { return kFunctions; }

}  // namespace opentrail::sql
