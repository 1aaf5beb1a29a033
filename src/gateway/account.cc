#include "gateway/account.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "gateway/console.h"
#include "gateway/gateway.h"
#include "http/certificate.h"
#include "services/athena/athena_service.h"
#include "services/athena/query_runner.h"
#include "services/cloudtrail/cloudtrail_service.h"
#include "services/cloudtrail/delivery_worker.h"
#include "services/cloudtrail/lake_runner.h"
#include "services/ec2/ec2_service.h"
#include "services/ec2/real_hosts.h"
#include "services/glue/glue_service.h"
#include "services/iam/iam_service.h"
#include "services/kms/kms_service.h"
#include "services/s3/control_service.h"
#include "services/s3/s3_service.h"
#include "services/signin/sign_in_service.h"
#include "services/sts/sts_service.h"
#include "store/committer.h"
#include "store/data_directory.h"
#include "store/object_store.h"
#include "store/secrets.h"
#include "trail/event_index.h"

namespace opentrail::gateway {
namespace {

constexpr size_t kAccountIdDigits = 12;

constexpr store::Migration kAccountMigrations[] = {
    {.part = "account",
     .version = 1,
     .sql = "CREATE TABLE account(account_id TEXT NOT NULL, is_initialized INTEGER NOT NULL) STRICT;"}};

template <typename T>
void AddMigrations(std::vector<store::Migration>& all, T&& more) {
  all.insert(all.end(), std::begin(more), std::end(more));
}

// The directory's account id, or a new one for a new directory.
Result<std::string> EnsureAccountId(store::Connection& state, const std::string& wanted, RandomSource& random) {
  std::string known;
  {
    store::Rows rows = state.Query("SELECT account_id FROM account");
    if (rows.Next()) known = rows.Text(0);
  }
  if (!known.empty() && (wanted.empty() || wanted == known)) return known;
  if (!known.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "the directory holds account {}, not {}: leave --account-id out, or "
                     "choose another --data directory",
                     known, wanted);
  }
  const std::string made =
      !wanted.empty() ? wanted : RandomText(random, "123456789", 1) + RandomText(random, "0123456789", 11);
  if (made.size() != kAccountIdDigits || made.find_first_not_of("0123456789") != std::string::npos) {
    return MakeError(ErrorCode::kInvalidArgument, "--account-id {}: an account id has {} digits", wanted,
                     kAccountIdDigits);
  }
  state.Execute("INSERT INTO account VALUES(?, 0)", made);
  return made;
}

// Names of the certificate: the machine's own, and AWS's endpoints for clients that come through the proxy.
std::vector<std::string> CertificateNames() {
  std::vector<std::string> names = {"localhost",      "127.0.0.1",       "::1",
                                    "*.s3.localhost", "*.amazonaws.com", "*.s3.amazonaws.com"};
  for (const std::string_view region :
       {"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
        "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1",
        "us-east-2", "us-west-1", "us-west-2"}) {
    names.push_back(fmt::format("*.{}.amazonaws.com", region));
    names.push_back(fmt::format("*.s3.{}.amazonaws.com", region));
    names.push_back(fmt::format("*.s3-control.{}.amazonaws.com", region));
  }
  return names;
}

Status WriteSecretFile(const std::string& path, std::string_view text) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written =
      file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  if (file >= 0) close(file);
  if (!written) return MakeError(ErrorCode::kIo, "{}: cannot be written; remove it, should it be there", path);
  return {};
}

std::string ProfileOf(const services::iam::IamService::RootCredentials& root) {
  return fmt::format("[opentrail]\naws_access_key_id = {}\naws_secret_access_key = {}\n", root.access_key_id,
                     root.secret_access_key);
}

class OpenAccount final : public Account {
 public:
  OpenAccount(const AccountOptions& options, Clock& clock, RandomSource& random)
      : options_(options), clock_(clock), random_(random) {}

  ~OpenAccount() override {
    if (queries_) queries_->Shutdown();
    if (lake_) lake_->Shutdown();
    real_hosts_.Shutdown();
    delivery_.reset();   // these commit: before the committer goes
    committer_.reset();  // finishes what was submitted
  }

  Status Start() {
    Status status = OpenFiles();
    if (status) status = MakeServices();
    if (status) status = InitializeOnce();
    if (status) status = EnsureRootPassword();
    if (status) status = StartWork();
    return status;
  }

  [[nodiscard]] http::Handler& handler() override { return *gateway_; }
  [[nodiscard]] const std::string& account_id() const override { return account_id_; }
  [[nodiscard]] std::string root_credentials_file() const override { return directory_->Path("root-credentials"); }
  [[nodiscard]] std::string root_password_file() const override { return directory_->Path("root-console-password"); }
  [[nodiscard]] std::string ca_certificate_file() const override { return directory_->Path("tls/ca.pem"); }

  void ServeEndpoints(http::Server& server) override { real_hosts_.ServeEndpoints(server); }

  [[nodiscard]] Result<http::TlsFiles> EnsureTls() override {
    auto files = http::EnsureCertificates(directory_->Path("tls"), CertificateNames(), clock_.Now());
    if (!files) return std::unexpected(std::move(files.error()));
    return http::TlsFiles{files->server_certificate, files->server_key, files->ca_certificate, files->ca_key};
  }

 private:
  Status OpenFiles() {
    auto directory = store::DataDirectory::Open(options_.data_directory);
    if (!directory) return std::unexpected(directory.error());
    directory_ = std::move(*directory);
    // A new account wants one, which takes half of its start: it is made beside the rest.
    if (!std::filesystem::exists(directory_->Path("account.db"))) {
      new_password_ = std::async(std::launch::async, [this] { return services::signin::MakePassword(random_); });
    }
    auto secrets = store::Secrets::Open(directory_->Path("root.key"), random_);
    if (!secrets) return std::unexpected(secrets.error());
    secrets_ = std::move(*secrets);
    auto state = store::Connection::Open(directory_->Path("account.db"));
    if (!state) return std::unexpected(state.error());
    state_.emplace(std::move(*state));
    std::vector<store::Migration> migrations;
    AddMigrations(migrations, kAccountMigrations);
    AddMigrations(migrations, store::JournalMigrations());
    AddMigrations(migrations, store::ObjectStore::Migrations());
    AddMigrations(migrations, services::iam::IamService::Migrations());
    if (const Status status = store::Migrate(*state_, migrations); !status) return status;
    auto id = EnsureAccountId(*state_, options_.account_id, random_);
    if (!id) return std::unexpected(id.error());
    account_id_ = std::move(*id);
    auto objects = store::ObjectStore::Open(directory_->Path("objects"), *state_, random_);
    if (!objects) return std::unexpected(objects.error());
    objects_ = std::move(*objects);
    return state_->status();
  }

  Status MakeServices() {
    auto reader = store::Connection::Open(directory_->Path("account.db"), store::OpenMode::kReadOnly);
    if (!reader) return std::unexpected(reader.error());
    identities_ = std::make_unique<services::iam::IdentityDirectory>(account_id_, std::move(*reader), *secrets_);
    auto events = trail::EventIndex::Start(directory_->Path("history.db"), directory_->Path("account.db"));
    if (!events) return std::unexpected(events.error());
    events_ = std::move(*events);
    dispatcher_ = std::make_unique<Dispatcher>(account_id_, clock_, random_, *identities_);
    dispatcher_->SetRecording(options_.recording);
    const services::Environment environment{account_id_, clock_, random_, *dispatcher_};
    iam_ = Add<services::iam::IamService>(environment, *secrets_, *identities_);
    s3_ = Add<services::s3::S3Service>(environment, *objects_, *secrets_);
    Add<services::s3::S3ControlService>();
    Add<services::sts::StsService>(environment, *secrets_, *identities_);
    sign_in_ = Add<services::signin::SignInService>(environment, *secrets_, *identities_);
    Add<services::kms::KmsService>(environment, *secrets_);
    Add<services::ec2::Ec2Service>(environment, hosts());
    cloudtrail_ = Add<services::cloudtrail::CloudTrailService>(environment, *secrets_, *objects_, *events_);
    Add<services::glue::GlueService>(environment);
    athena_ = Add<services::athena::AthenaService>(environment);
    std::vector<store::Migration> migrations;
    for (const auto& service : services_) AddMigrations(migrations, service->migrations());
    return store::Migrate(*state_, migrations);
  }

  services::ec2::InstanceHosts& hosts() {
    if (options_.instances == AccountOptions::Instances::kHosts) return real_hosts_;
    return record_only_hosts_;
  }

  template <typename T, typename... Args>
  T* Add(Args&&... args) {
    auto service = std::make_unique<T>(std::forward<Args>(args)...);
    T* made = service.get();
    dispatcher_->Add(*made);
    services_.push_back(std::move(service));
    return made;
  }

  // What a new account has. All of it or nothing: a start that was cut off begins again.
  Status InitializeOnce() {
    {
      store::Rows rows = state_->Query("SELECT is_initialized FROM account");
      if (rows.Next() && rows.Boolean(0)) return {};
    }
    state_->Execute("BEGIN IMMEDIATE");
    store::Transaction transaction(*state_);
    for (const auto& service : services_) {
      if (const AwsStatus made = service->Initialize(transaction); !made) {
        state_->Execute("ROLLBACK");
        return MakeError(ErrorCode::kInternal, "a new account cannot be made: {}", made.error().message);
      }
    }
    unlink(root_credentials_file().c_str());  // of a start that was cut off before it committed
    const std::string profile = ProfileOf(iam_->root_credentials());
    if (const Status written = WriteSecretFile(root_credentials_file(), profile); !written) return written;
    state_->Execute("UPDATE account SET is_initialized = 1");
    state_->Execute("COMMIT");
    return state_->status();
  }

  // An account from before there was a console gets one, too.
  Status EnsureRootPassword() {
    state_->Execute("BEGIN IMMEDIATE");
    const std::string password = sign_in_->EnsureRootPassword(*state_, [this] {
      return new_password_.valid() ? new_password_.get() : services::signin::MakePassword(random_);
    });
    if (!password.empty()) {
      unlink(root_password_file().c_str());
      if (const Status written = WriteSecretFile(root_password_file(), password + "\n"); !written) return written;
    }
    state_->Execute("COMMIT");
    return state_->status();
  }

  Status StartWork() {
    auto committer = store::Committer::Start(std::move(*state_));
    if (!committer) return std::unexpected(committer.error());
    committer_ = std::move(*committer);
    const auto committed = [this] { events_->Wake(); };
    console_ = std::make_unique<Console>(ConsoleParts{
        .random = random_,
        .committer = *committer_,
        .sign_in = *sign_in_,
        .committed = committed,
        .user_address = [this] { return std::string(hosts().Describe()["network"]["UserAddress"].Text()); }});
    gateway_ = std::make_unique<Gateway>(GatewayParts{.clock = clock_,
                                                      .random = random_,
                                                      .committer = *committer_,
                                                      .directory = *identities_,
                                                      .dispatcher = *dispatcher_,
                                                      .account_id = account_id_,
                                                      .console = console_.get(),
                                                      .committed = committed});
    auto delivery = services::cloudtrail::DeliveryWorker::Start(
        {.account_id = account_id_,
         .clock = clock_,
         .random = random_,
         .committer = *committer_,
         .inside = *dispatcher_,
         .secrets = *secrets_,
         .s3 = *s3_,
         .state_path = directory_->Path("account.db"),
         .committed = committed},
        {.interval = std::chrono::milliseconds(options_.delivery_interval_ms),
         .digest_interval =
             std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds(options_.digest_interval_ms))});
    if (!delivery) return std::unexpected(delivery.error());
    delivery_ = std::move(*delivery);
    auto queries =
        services::athena::QueryRunner::Start({.account_id = account_id_,
                                              .clock = clock_,
                                              .committer = *committer_,
                                              .inside = *dispatcher_,
                                              .random = random_,
                                              .s3 = *s3_,
                                              .committed = committed,
                                              .engine = {},
                                              .engines = options_.engines},
                                             {.timeout = std::chrono::milliseconds(options_.query_timeout_ms)});
    if (!queries) return std::unexpected(queries.error());
    queries_ = std::move(*queries);
    athena_->SetRunner(queries_);
    if (const Status started = StartLake(committed); !started) return started;
    return options_.instances == AccountOptions::Instances::kHosts ? StartHosts() : Status();
  }

  Status StartLake(std::function<void()> committed) {
    auto lake = services::cloudtrail::LakeRunner::Start({.clock = clock_,
                                                         .committer = *committer_,
                                                         .objects = *objects_,
                                                         .state_path = directory_->Path("account.db"),
                                                         .committed = std::move(committed),
                                                         .engine = {}},
                                                        {});
    if (!lake) return std::unexpected(lake.error());
    lake_ = std::move(*lake);
    cloudtrail_->SetLakeRunner(lake_);
    return {};
  }

  Status StartHosts() {
    const auto open = [&] {
      return store::Connection::Open(directory_->Path("account.db"), store::OpenMode::kReadOnly);
    };
    auto reader = open(), network_reader = open(), directory_reader = open();
    for (const auto* opened : {&reader, &network_reader, &directory_reader}) {
      if (!*opened) return std::unexpected(opened->error());
    }
    return real_hosts_.Start(
        {.committer = *committer_,
         .reader = std::move(*reader),
         .network =
             {.records = {.account_id = account_id_, .clock = clock_, .committer = *committer_, .inside = *dispatcher_},
              .directory_reader = std::move(*directory_reader),
              .reader = std::move(*network_reader),
              .random = random_,
              .data_directory = std::filesystem::absolute(options_.data_directory),
              .progress = options_.progress},
         .random = random_,
         .ca_certificate_file = ca_certificate_file(),
         .options = {.data_directory = std::filesystem::absolute(options_.data_directory),
                     .image_directory = options_.image_directory,
                     .program_directory = options_.program_directory,
                     .progress = options_.progress}});
  }

  const AccountOptions options_;
  Clock& clock_;
  RandomSource& random_;
  std::string account_id_;
  std::unique_ptr<store::DataDirectory> directory_;
  std::unique_ptr<store::Secrets> secrets_;
  std::optional<store::Connection> state_;  // until the committer takes it over
  std::future<services::signin::NewPassword> new_password_;
  std::unique_ptr<store::ObjectStore> objects_;
  std::unique_ptr<services::iam::IdentityDirectory> identities_;
  std::unique_ptr<trail::EventIndex> events_;
  services::ec2::RecordOnlyHosts record_only_hosts_;
  services::ec2::RealHosts real_hosts_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::vector<std::unique_ptr<services::Service>> services_;
  services::iam::IamService* iam_ = nullptr;
  services::s3::S3Service* s3_ = nullptr;
  services::athena::AthenaService* athena_ = nullptr;
  services::cloudtrail::CloudTrailService* cloudtrail_ = nullptr;
  services::signin::SignInService* sign_in_ = nullptr;
  std::unique_ptr<store::Committer> committer_;
  std::unique_ptr<Console> console_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<services::cloudtrail::DeliveryWorker> delivery_;
  std::shared_ptr<services::athena::QueryRunner> queries_;  // shared: with the service, whose calls reach it
  std::shared_ptr<services::cloudtrail::LakeRunner> lake_;  // as queries_
};

}  // namespace

Result<std::unique_ptr<Account>> Account::Open(const AccountOptions& options, Clock& clock, RandomSource& random) {
  auto account = std::make_unique<OpenAccount>(options, clock, random);
  if (const Status status = account->Start(); !status) return std::unexpected(status.error());
  return account;
}

}  // namespace opentrail::gateway
