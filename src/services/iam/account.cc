#include <fmt/format.h>

#include "services/iam/entity.h"
#include "services/iam/handlers.h"

namespace opentrail::services::iam {
namespace {

// What no user here can have: the truth is an empty list.
struct EmptyList {
  std::string_view operation, list;
};
constexpr EmptyList kEmptyLists[] = {{"ListMFADevices", "MFADevices"},
                                     {"ListSSHPublicKeys", "SSHPublicKeys"},
                                     {"ListServiceSpecificCredentials", "ServiceSpecificCredentials"},
                                     {"ListSigningCertificates", "Certificates"}};

}  // namespace

AwsResult<Reply> ListNothingOfUser(IamService&, Call& call, store::Transaction& transaction) {
  if (call.input.Has("UserName")) {
    auto user = NeedEntity(call, kUser, transaction.connection());
    if (!user) return std::unexpected(user.error());
  }
  Reply reply;
  for (const auto& [operation, list] : kEmptyLists) {
    if (operation != call.operation->name) continue;
    if (auto paged = Page(call.input, list, {}, reply.output); !paged) return std::unexpected(paged.error());
  }
  return reply;
}

AwsResult<Reply> CreateAccountAlias(IamService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  state.Execute("DELETE FROM iam_account_alias");  // one an account
  state.Execute("INSERT INTO iam_account_alias VALUES(?)", call.input["AccountAlias"].Text());
  service.InvalidateAfterCommit(transaction);
  return Reply{};
}

AwsResult<Reply> DeleteAccountAlias(IamService& service, Call& call, store::Transaction& transaction) {
  const std::string_view alias = call.input["AccountAlias"].Text();
  if (transaction.connection().Execute("DELETE FROM iam_account_alias WHERE alias = ?", alias) == 0) {
    return std::unexpected(NoSuchEntity(fmt::format("The account alias {} cannot be found.", alias)));
  }
  service.InvalidateAfterCommit(transaction);
  return Reply{};
}

AwsResult<Reply> ListAccountAliases(IamService&, Call& call, store::Transaction& transaction) {
  Value::Elements aliases;
  store::Rows rows = transaction.connection().Query("SELECT alias FROM iam_account_alias");
  while (rows.Next()) aliases.emplace_back(rows.Text(0));
  Reply reply;
  if (auto paged = Page(call.input, "AccountAliases", std::move(aliases), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

}  // namespace opentrail::services::iam
