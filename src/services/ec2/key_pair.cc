#include <algorithm>

#include <fmt/format.h>

#include "services/ec2/filter.h"
#include "services/ec2/handlers.h"
#include "services/ec2/key_material.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

constexpr size_t kMaxKeyName = 255;
constexpr FilterPath kKeyFilters[] = {
    {"fingerprint", "KeyFingerprint"}, {"key-name", "KeyName"}, {"key-pair-id", "KeyPairId"}};

std::string_view TypeName(KeyType type) { return type == KeyType::kRsa ? "rsa" : "ed25519"; }

AwsResult<Reply> Keep(Ec2Service& service, Call& call, store::Transaction& transaction, const KeyMaterial& material) {
  store::Connection& state = transaction.connection();
  const std::string_view name = call.input["KeyName"].Text();
  if (name.empty() || name.size() > kMaxKeyName || name.find_first_of("\r\n") != std::string_view::npos) {
    return AwsFailure("InvalidParameterValue",
                      "Value ({}) for parameter KeyName is invalid. Length exceeds maximum of {}.", name, kMaxKeyName);
  }
  if (state.Query("SELECT 1 FROM ec2_key_pair WHERE region = ? AND name = ?", call.region, name).Next()) {
    return AwsFailure("InvalidKeyPair.Duplicate", "The keypair already exists");
  }
  const std::string id = RandomHexId(service.environment().random, "key-");
  state.Execute("INSERT INTO ec2_key_pair VALUES(?, ?, ?, ?, ?, ?, ?)", id, call.region, name, material.fingerprint,
                material.public_key, TypeName(material.type), call.now.time_since_epoch().count());
  if (auto tagged = AddTagSpecifications(call, "key-pair", id, state); !tagged) return std::unexpected(tagged.error());
  Reply reply;
  reply.output.Set("KeyName", name).Set("KeyFingerprint", material.fingerprint);
  if (!material.private_key.empty()) reply.output.Set("KeyMaterial", material.private_key);
  reply.output.Set("KeyPairId", id).Set("Tags", TagsOf(state, id));
  return reply;
}

}  // namespace

AwsStatus PrepareKeyPair(Service& service, Call& call) {
  const std::string_view format = call.input["KeyFormat"].Text("pem");
  if (format != "pem" && format != "ppk") {
    return AwsFailure("InvalidParameterValue", "Value ({}) for parameter KeyFormat is invalid. Valid: pem, ppk.",
                      format);
  }
  const std::string_view type = call.input["KeyType"].Text("rsa");
  if (type != "rsa" && type != "ed25519") {
    return AwsFailure("InvalidParameterValue", "Value ({}) for parameter KeyType is invalid. Valid: rsa, ed25519.",
                      type);
  }
  auto material = MakeKeyMaterial(type == "rsa" ? KeyType::kRsa : KeyType::kEd25519,
                                  format == "pem" ? KeyFormat::kPem : KeyFormat::kPpk, call.input["KeyName"].Text(),
                                  static_cast<Ec2Service&>(service).environment().random);
  if (!material) return std::unexpected(material.error());
  call.prepared = std::move(*material);
  return {};
}

AwsResult<Reply> CreateKeyPair(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return Keep(service, call, transaction, std::any_cast<const KeyMaterial&>(call.prepared));
}

AwsResult<Reply> ImportKeyPair(Ec2Service& service, Call& call, store::Transaction& transaction) {
  auto material = ReadPublicKey(call.input["PublicKeyMaterial"].Bytes());
  if (!material) return std::unexpected(material.error());
  return Keep(service, call, transaction, *material);
}

AwsResult<Reply> DescribeKeyPairs(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  Value::Elements all;
  {
    store::Rows rows = state.Query(
        "SELECT key_pair_id, name, fingerprint, public_key, type, created FROM ec2_key_pair WHERE region = ? ORDER BY "
        "name",
        call.region);
    while (rows.Next()) {
      Value pair = Value::Object({{"KeyPairId", rows.Text(0)},
                                  {"KeyType", rows.Text(4)},
                                  {"Tags", TagsOf(state, rows.Text(0))},
                                  {"CreateTime", Time(std::chrono::milliseconds(rows.Integer(5)))},
                                  {"KeyName", rows.Text(1)},
                                  {"KeyFingerprint", rows.Text(2)}});
      if (call.input["IncludePublicKey"].Boolean()) pair.Set("PublicKey", rows.Text(3));
      all.push_back(std::move(pair));
    }
  }
  for (const auto& [list, member] : {std::pair{"KeyNames", "KeyName"}, std::pair{"KeyPairIds", "KeyPairId"}}) {
    const auto& wanted = call.input[list].elements();
    const auto is = [member](const Value& pair, const Value& text) { return pair[member].Text() == text.Text(); };
    for (const Value& text : wanted) {
      if (std::ranges::none_of(all, [&](const Value& pair) { return is(pair, text); })) {
        return AwsFailure("InvalidKeyPair.NotFound", "The key pair '{}' does not exist", text.Text());
      }
    }
    if (wanted.empty()) continue;
    std::erase_if(all, [&](const Value& pair) {
      return std::ranges::none_of(wanted, [&](const Value& text) { return is(pair, text); });
    });
  }
  if (auto kept = ApplyFilters(call.input["Filters"], kKeyFilters, all); !kept) return std::unexpected(kept.error());
  Reply reply;
  reply.output.Set("KeyPairs", Value::List(std::move(all)));
  return reply;
}

AwsResult<Reply> DeleteKeyPair(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  std::string id = Text(call.input["KeyPairId"]);
  if (id.empty()) {
    store::Rows rows = state.Query("SELECT key_pair_id FROM ec2_key_pair WHERE region = ? AND name = ?", call.region,
                                   call.input["KeyName"].Text());
    if (rows.Next()) id = rows.Text(0);
  }
  Reply reply;
  reply.output.Set("Return", true);
  if (state.Execute("DELETE FROM ec2_key_pair WHERE region = ? AND key_pair_id = ?", call.region, id) > 0) {
    RemoveTags(state, id);
    reply.output.Set("KeyPairId", id);
  }
  return reply;
}

}  // namespace opentrail::services::ec2
