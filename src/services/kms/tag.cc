#include "services/kms/tag.h"

#include <set>

#include "services/kms/handlers.h"
#include "services/kms/page.h"

namespace opentrail::services::kms {
namespace {

constexpr int64_t kMaxTags = 50;
constexpr int64_t kTagsOnPage = 50;

AwsResult<Key> FindTaggable(const Call& call, store::Transaction& transaction) {
  auto key = FindKey(transaction.connection(), call, call.input["KeyId"].Text(), Naming::kIdOrArn);
  if (!key) return key;
  AwsStatus status = CheckCustomerManaged(*key);
  if (status) status = CheckNotPendingDeletion(*key);
  if (!status) return std::unexpected(std::move(status.error()));
  return key;
}

}  // namespace

AwsStatus AddTags(store::Connection& state, const Key& key, const Value& tags) {
  std::set<std::string_view> names;
  for (const Value& tag : tags.elements()) {
    if (tag["TagKey"].Text().starts_with("aws:")) {
      return AwsFailure("TagException", "Tag keys that begin with aws: are reserved: {}", tag["TagKey"].Text());
    }
    if (!names.insert(tag["TagKey"].Text()).second) return AwsFailure("TagException", "Duplicate tag keys");
    state.Execute(
        "INSERT INTO kms_tag(region, key_id, name, value) VALUES(?, ?, ?, ?) ON CONFLICT(region, key_id, name) DO "
        "UPDATE "
        "SET value = excluded.value",
        key.region, key.id, tag["TagKey"].Text(), tag["TagValue"].Text());
  }
  store::Rows rows = state.Query("SELECT count(*) FROM kms_tag WHERE region = ? AND key_id = ?", key.region, key.id);
  if (rows.Next() && rows.Integer(0) > kMaxTags) {
    return AwsFailure("LimitExceededException", "A key has at most {} tags.", kMaxTags);
  }
  return {};
}

AwsResult<Reply> TagResource(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  auto key = FindTaggable(call, transaction);
  if (!key) return std::unexpected(std::move(key.error()));
  if (AwsStatus added = AddTags(transaction.connection(), *key, call.input["Tags"]); !added) {
    return std::unexpected(std::move(added.error()));
  }
  return KeyReply(call, *key);
}

AwsResult<Reply> UntagResource(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  auto key = FindTaggable(call, transaction);
  if (!key) return std::unexpected(std::move(key.error()));
  for (const Value& name : call.input["TagKeys"].elements()) {
    transaction.connection().Execute("DELETE FROM kms_tag WHERE region = ? AND key_id = ? AND name = ?", key->region,
                                     key->id, name.Text());
  }
  return KeyReply(call, *key);
}

AwsResult<Reply> ListResourceTags(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  auto key = FindKey(transaction.connection(), call, call.input["KeyId"].Text(), Naming::kIdOrArn);
  auto page = Page::Of(call, kTagsOnPage);
  if (!key) return std::unexpected(std::move(key.error()));
  if (!page) return std::unexpected(std::move(page.error()));
  store::Rows rows = transaction.connection().Query(
      "SELECT name, value FROM kms_tag WHERE region = ? AND key_id = ? AND name > ? ORDER BY name LIMIT ?", key->region,
      key->id, page->after(), page->rows());
  while (rows.Next()) {
    if (!page->Add(Value::Object({{"TagKey", rows.Text(0)}, {"TagValue", rows.Text(1)}}), rows.Text(0))) break;
  }
  return KeyReply(call, *key, page->Finish("Tags"));
}

}  // namespace opentrail::services::kms
