#include "services/s3/public_access_block.h"

#include <string_view>

namespace opentrail::services::s3 {
namespace {

struct Setting {
  std::string_view member;
  bool PublicAccessBlock::* field;
};
constexpr Setting kSettings[] = {
    {"BlockPublicAcls", &PublicAccessBlock::block_public_acls},
    {"IgnorePublicAcls", &PublicAccessBlock::ignore_public_acls},
    {"BlockPublicPolicy", &PublicAccessBlock::block_public_policy},
    {"RestrictPublicBuckets", &PublicAccessBlock::restrict_public_buckets},
};

}  // namespace

int64_t PublicAccessBlock::ToBits() const {
  return (block_public_acls ? 1 : 0) | (ignore_public_acls ? 2 : 0) | (block_public_policy ? 4 : 0) |
         (restrict_public_buckets ? 8 : 0);
}

PublicAccessBlock PublicAccessBlock::FromBits(int64_t bits) {
  return {.block_public_acls = (bits & 1) != 0,
          .ignore_public_acls = (bits & 2) != 0,
          .block_public_policy = (bits & 4) != 0,
          .restrict_public_buckets = (bits & 8) != 0};
}

Value PublicAccessBlock::ToValue() const {
  Value configuration = Value::Object();
  for (const Setting& setting : kSettings) configuration.Set(setting.member, this->*setting.field);
  return configuration;
}

PublicAccessBlock PublicAccessBlock::FromValue(const Value& configuration) {
  PublicAccessBlock block;
  for (const Setting& setting : kSettings) block.*setting.field = configuration[setting.member].Boolean();
  return block;
}

std::optional<PublicAccessBlock> LoadAccountBlock(store::Connection& state) {
  store::Rows rows = state.Query("SELECT bits FROM s3_account_block");
  if (!rows.Next()) return std::nullopt;
  return PublicAccessBlock::FromBits(rows.Integer(0));
}

void StoreAccountBlock(store::Connection& state, const std::optional<PublicAccessBlock>& block) {
  if (block) {
    state.Execute("INSERT OR REPLACE INTO s3_account_block(id, bits) VALUES(1, ?)", block->ToBits());
  } else {
    state.Execute("DELETE FROM s3_account_block");
  }
}

}  // namespace opentrail::services::s3
