#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "codec/json_value.h"
#include "codec/timestamp.h"
#include "services/iam/account.h"
#include "services/iam/entity.h"

// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
namespace opentrail::services::iam {
namespace {

constexpr int64_t kAll = 10'000;
constexpr size_t kKeys = 2;
constexpr size_t kCertificates = 2;
constexpr int64_t kKeptMilliseconds = 4LL * 3600 * 1000;  // a report answers for so long
constexpr int64_t kDayMilliseconds = 24LL * 3600 * 1000;

constexpr std::string_view kColumns =
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,"
    "mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,"
    "access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

constexpr std::string_view kNone = "N/A";

using Fields = std::vector<std::string>;

std::string Date(int64_t milliseconds) {
  std::string date = codec::FormatIso8601(FromMilliseconds(milliseconds));
  date.pop_back();  // Z
  return date + "+00:00";
}

std::string DateOr(int64_t milliseconds, std::string_view otherwise) {
  return milliseconds != 0 ? Date(milliseconds) : std::string(otherwise);
}

std::string Flag(bool flag) { return flag ? "true" : "false"; }

// Of the account's password policy; 0: passwords do not age.
int64_t PasswordDays(store::Connection& state) {
  store::Rows rows = state.Query("SELECT value FROM iam_account WHERE name = 'password-policy'");
  if (!rows.Next()) return 0;
  const auto policy = codec::ParseJsonValue(rows.Text(0));
  return policy ? (*policy)["MaxPasswordAge"].Integer(0) : 0;
}

void AddPassword(Fields& fields, store::Connection& state, const Entity& user) {
  if (IsRootEntity(user)) {
    fields.insert(fields.end(),
                  {"not_supported", DateOr(user.last_used, "no_information"), "not_supported", "not_supported"});
    return;
  }
  store::Rows rows = state.Query("SELECT changed FROM iam_login_profile WHERE owner = ?", user.id);
  if (!rows.Next()) {
    fields.insert(fields.end(), {"false", std::string(kNone), std::string(kNone), std::string(kNone)});
    return;
  }
  const int64_t changed = rows.Integer(0);
  const int64_t days = PasswordDays(state);
  fields.insert(fields.end(), {"true", DateOr(user.last_used, "no_information"), Date(changed),
                               days == 0 ? std::string(kNone) : Date(changed + days * kDayMilliseconds)});
}

void AddKeys(Fields& fields, store::Connection& state, const Entity& user) {
  store::Rows rows = state.Query(
      "SELECT active, created, last_used, last_used_region, last_used_service FROM iam_access_key WHERE owner = ? "
      "ORDER BY created, id",
      user.id);
  for (size_t i = 0; i < kKeys; ++i) {
    if (!rows.Next()) {
      fields.insert(fields.end(), {"false", "N/A", "N/A", "N/A", "N/A"});
      continue;
    }
    const bool used = rows.Integer(2) != 0;
    fields.insert(fields.end(), {Flag(rows.Boolean(0)), Date(rows.Integer(1)), DateOr(rows.Integer(2), kNone),
                                 std::string(used ? rows.Text(3) : kNone), std::string(used ? rows.Text(4) : kNone)});
  }
}

void AddCertificates(Fields& fields, store::Connection& state, const Entity& user) {
  store::Rows rows = state.Query(
      "SELECT active, created FROM iam_user_credential WHERE owner = ? AND kind = 'certificate' ORDER BY created, id",
      user.id);
  for (size_t i = 0; i < kCertificates; ++i) {
    const bool there = rows.Next();
    fields.push_back(Flag(there && rows.Boolean(0)));
    fields.push_back(there ? Date(rows.Integer(1)) : std::string(kNone));
  }
}

std::string Line(const Context& context, const Entity& user) {
  Fields fields = {IsRootEntity(user) ? "<root_account>" : user.name, ArnOf(context.account_id(), user),
                   Date(user.created)};
  AddPassword(fields, context.state, user);
  fields.push_back(
      Flag(CountRows(context.state, "SELECT count(*) FROM iam_mfa_device WHERE owner = ? AND enabled", user.id) > 0));
  AddKeys(fields, context.state, user);
  AddCertificates(fields, context.state, user);
  return fmt::format("\n{}", fmt::join(fields, ","));
}

std::string MakeReport(const Context& context) {
  std::string report(kColumns);
  Entity root = RootEntity(context);
  root.created = ToMilliseconds(AccountCreated(context.state));
  report += Line(context, root);
  for (const Entity& user : ListEntities(context.state, EntityKind::kUser, "", "", kAll)) {
    report += Line(context, user);
  }
  return report;
}

void Keep(store::Connection& state, std::string_view name, std::string_view value) {
  state.Execute(
      "INSERT INTO iam_account (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      name, value);
}

// When the last report was made; 0: never.
int64_t ReportTime(store::Connection& state) {
  return CountRows(state, "SELECT CAST(value AS INTEGER) FROM iam_account WHERE name = ?", "credential-report-time");
}

}  // namespace

AwsResult<Reply> GenerateCredentialReport(Context& context) {
  Reply reply;
  const int64_t made = ReportTime(context.state);
  if (made != 0 && context.now_ms() - made < kKeptMilliseconds) {
    reply.output.Set("State", "COMPLETE");
    return reply;
  }
  Keep(context.state, "credential-report", MakeReport(context));
  Keep(context.state, "credential-report-time", std::to_string(context.now_ms()));
  reply.output.Set("State", "STARTED");
  if (made == 0) reply.output.Set("Description", "No report exists. Starting a new report generation task");
  return reply;
}

AwsResult<Reply> GetCredentialReport(Context& context) {
  const int64_t made = ReportTime(context.state);
  if (made == 0) return AwsFailure("ReportNotPresent", "There is no report: GenerateCredentialReport makes one.");
  if (context.now_ms() - made >= kKeptMilliseconds) {
    return AwsFailure("ReportExpired",
                      "The report is older than four hours: GenerateCredentialReport makes a new one.");
  }
  store::Rows rows = context.state.Query("SELECT value FROM iam_account WHERE name = 'credential-report'");
  Reply reply;
  if (rows.Next()) reply.output.Set("Content", Value::Blob(std::string(rows.Text(0))));
  reply.output.Set("ReportFormat", "text/csv");
  reply.output.Set("GeneratedTime", FromMilliseconds(made));
  return reply;
}

}  // namespace opentrail::services::iam
