#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "gateway/dispatcher.h"
#include "http/server.h"
#include "services/athena/workgroup_engines.h"

namespace opentrail::gateway {

struct AccountOptions {
  std::string data_directory;
  std::string account_id;  // "": the directory's own; a new one is made where there is none
  int64_t delivery_interval_ms = 60'000;
  int64_t digest_interval_ms = 3'600'000;
  int64_t query_timeout_ms = 1'800'000;        // of an Athena statement; 0: none
  services::athena::WorkgroupEngines engines;  // that answer Athena's statements
  Recording recording = Recording::kOn;
  // Whether EC2 instances are hosts of this machine, or records that nothing stands behind.
  enum class Instances : uint8_t { kRecords, kHosts };
  Instances instances = Instances::kRecords;
  std::string image_directory;    // kHosts: where the image of instances is kept
  std::string program_directory;  // kHosts: of opentrail-launcher and opentrail-init
  // A line on what takes long, or went wrong where no call can be told.
  std::function<void(std::string_view line)> progress = [](std::string_view) {};
};

// A whole AWS account over one data directory: its services, its trail and the gateway before them. From Open to
// destruction it works in the background (delivery, event history). Thread-safe.
class Account {
 public:
  // Errors say what to do: another server holds the directory, a file is from a newer program, the disk refuses.
  static Result<std::unique_ptr<Account>> Open(const AccountOptions& options, Clock& clock, RandomSource& random);
  virtual ~Account() = default;

  [[nodiscard]] virtual http::Handler& handler() = 0;
  [[nodiscard]] virtual const std::string& account_id() const = 0;
  // Where the root user's keys were written at the first start; mode 0600.
  [[nodiscard]] virtual std::string root_credentials_file() const = 0;
  // What instances call reaches this server, too, as AWS's endpoints: once it listens. It outlives the account.
  virtual void ServeEndpoints(http::Server& server) = 0;
  // Where the root user's password for the console was written when it was made; mode 0600.
  [[nodiscard]] virtual std::string root_password_file() const = 0;
  // The server's certificate and the authority behind it; made where missing.
  [[nodiscard]] virtual Result<http::TlsFiles> EnsureTls() = 0;
  [[nodiscard]] virtual std::string ca_certificate_file() const = 0;
};

}  // namespace opentrail::gateway
