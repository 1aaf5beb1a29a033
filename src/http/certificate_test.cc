#include "http/certificate.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "http/server_test_support.h"

namespace opentrail::http {
namespace {

using std::chrono::days;

class CertificateTest : public testing::Test {
 protected:
  CertificateTest() {
    directory_ = testing::TempDir() + "opentrail_certificate_" + std::to_string(getpid());
    std::filesystem::remove_all(directory_);
  }
  ~CertificateTest() override { std::filesystem::remove_all(directory_); }

  static std::string Read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  CertificateFiles Ensure(const std::vector<std::string>& names, Time now) const {
    auto files = EnsureCertificates(directory_, names, now);
    EXPECT_TRUE(files.has_value()) << (files ? "" : files.error().message);
    return files ? *files : CertificateFiles{};
  }

  std::string directory_;
  Time now_ = SystemClock().Now();
};

TEST_F(CertificateTest, MakesWhatIsMissingAndKeepsItAfterwards) {
  const CertificateFiles files = Ensure({"localhost", "*.localhost", "127.0.0.1", "::1"}, now_);
  for (const std::string& key : {files.ca_key, files.server_key}) {
    struct stat status{};
    ASSERT_EQ(stat(key.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U) << key;
  }
  const std::string ca = Read(files.ca_certificate);
  const std::string server = Read(files.server_certificate);
  Ensure({"localhost", "*.localhost", "127.0.0.1", "::1"}, now_);
  Ensure({"localhost"}, now_ + days(300));  // fewer names, and not yet near its end
  EXPECT_EQ(Read(files.ca_certificate), ca);
  EXPECT_EQ(Read(files.server_certificate), server);
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    EXPECT_NE(entry.path().extension(), ".new");
  }
}

TEST_F(CertificateTest, RenewsTheServersWhenItMust) {
  const CertificateFiles files = Ensure({"localhost"}, now_);
  const std::string ca = Read(files.ca_certificate);
  std::string last = Read(files.server_certificate);
  const auto renews = [&](const std::vector<std::string>& names, Time now) {
    Ensure(names, now);
    const std::string made = Read(files.server_certificate);
    EXPECT_EQ(Read(files.ca_certificate), ca);
    return std::exchange(last, made) != made;
  };
  EXPECT_TRUE(renews({"localhost", "*.localhost"}, now_));
  EXPECT_TRUE(renews({"localhost", "*.localhost", "10.1.2.3"}, now_));
  EXPECT_FALSE(renews({"10.1.2.3"}, now_));
  EXPECT_TRUE(renews({"localhost"}, now_ + days(340)));
  std::filesystem::remove(files.server_key);
  EXPECT_TRUE(renews({"localhost"}, now_ + days(340)));
  std::ofstream(files.server_certificate) << "not a certificate";
  EXPECT_TRUE(renews({"localhost"}, now_ + days(340)));
  // A key that belongs to another certificate.
  const std::string key = Read(files.server_key);
  EXPECT_TRUE(renews({"localhost", "other"}, now_ + days(340)));
  std::ofstream(files.server_key) << key;
  EXPECT_TRUE(renews({"localhost"}, now_ + days(340)));
}

TEST_F(CertificateTest, DoesNotReplaceAnAuthorityThatItCannotRead) {
  const CertificateFiles files = Ensure({"localhost"}, now_);
  std::ofstream(files.ca_key) << "broken";
  const auto refused = EnsureCertificates(directory_, {"other"}, now_);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kCorrupt);
}

TEST_F(CertificateTest, RefusesNamesThatAreNone) {
  for (const std::string name : {"", "a,DNS:evil", "a b", "a\n", "a*b"}) {
    EXPECT_FALSE(EnsureCertificates(directory_, {name}, now_).has_value()) << name;
  }
  EXPECT_FALSE(EnsureCertificates(directory_, {}, now_).has_value());
}

// A TLS client that trusts our authority alone and insists on the name.
class TlsClient {
 public:
  TlsClient(uint16_t port, const std::string& ca, const std::string& name, const char* groups = nullptr)
      : client_(port), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    SSL_CTX_load_verify_locations(context_.get(), ca.c_str(), nullptr);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    if (groups != nullptr) SSL_CTX_set1_groups_list(context_.get(), groups);
    tls_ = SSL_new(context_.get());
    SSL_set1_host(tls_, name.c_str());
    SSL_set_tlsext_host_name(tls_, name.c_str());
    SSL_set_fd(tls_, client_.socket());
  }
  ~TlsClient() { SSL_free(tls_); }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  void LimitVersion(int version) { SSL_set_max_proto_version(tls_, version); }
  bool Connect() { return SSL_connect(tls_) == 1; }
  std::string Ask(std::string_view request, size_t at_least = 1) {
    SSL_write(tls_, request.data(), static_cast<int>(request.size()));
    std::string answer;
    while (answer.size() < at_least) {
      char bytes[16384];
      const int got = SSL_read(tls_, bytes, sizeof bytes);
      if (got <= 0) break;
      answer.append(bytes, static_cast<size_t>(got));
    }
    return answer;
  }
  TestClient& plain() { return client_; }

 private:
  TestClient client_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  SSL* tls_ = nullptr;
};

class TlsServerTest : public CertificateTest {
 protected:
  void SetUp() override {
    files_ = Ensure({"localhost", "*.s3.localhost", "127.0.0.1"}, now_);
    ServerOptions options;
    options.tls = TlsFiles{files_.server_certificate, files_.server_key, files_.ca_certificate, files_.ca_key};
    options.tunnel_suffixes = {".localhost"};
    options.limits.header_timeout_ms = 500;
    auto started = Server::Start(options, handler_);
    ASSERT_TRUE(started.has_value()) << started.error().message;
    server_ = std::move(*started);
  }

  CertificateFiles files_;
  TestHandler handler_;
  std::unique_ptr<Server> server_;
};

constexpr std::string_view kRequest = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

TEST_F(TlsServerTest, TellsTheHandlerOfTheConnection) {
  TlsClient client(server_->port(), files_.ca_certificate, "localhost", "X25519");
  ASSERT_TRUE(client.Connect());
  for (int i = 0; i < 3; ++i) {
    const std::string answer = client.Ask(kRequest);
    EXPECT_NE(answer.find("127.0.0.1 TLSv1.3 TLS_"), std::string::npos) << answer;
    EXPECT_NE(answer.find(" x25519"), std::string::npos) << answer;
  }
  TlsClient older(server_->port(), files_.ca_certificate, "b.s3.localhost", "P-256");
  older.LimitVersion(TLS1_2_VERSION);
  ASSERT_TRUE(older.Connect());
  const std::string answer = older.Ask(kRequest);
  EXPECT_NE(answer.find("TLSv1.2 TLS_ECDHE_ECDSA_WITH_"), std::string::npos) << answer;
  EXPECT_NE(answer.find(" secp256r1"), std::string::npos) << answer;
}

TEST_F(TlsServerTest, ServesPlainConnectionsOnTheSamePort) {
  TestClient plain(server_->port());
  const auto answer = plain.Ask(kRequest);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
}

TEST_F(TlsServerTest, IsNotTakenForAnother) {
  TlsClient other(server_->port(), files_.ca_certificate, "example.org");
  EXPECT_FALSE(other.Connect());
  TlsClient ancient(server_->port(), files_.ca_certificate, "localhost");
  ancient.LimitVersion(TLS1_1_VERSION);
  EXPECT_FALSE(ancient.Connect());
}

TEST_F(TlsServerTest, ShowsACertificateForEveryNameOfItsOwn) {
  for (const char* name : {"api.ecr.us-east-1.localhost", "data-ats.iot.localhost", "api.ecr.us-east-1.localhost",
                           "search-a-domain-whose-name-is-long-0123456789abcdefghij.us-east-1.es.localhost"}) {
    TlsClient client(server_->port(), files_.ca_certificate, name);
    ASSERT_TRUE(client.Connect()) << name;
    EXPECT_NE(client.Ask(kRequest).find("GET /x"), std::string::npos);
  }
  for (const char* name : {"api.ecr.us-east-1.example.org", "localhost.example.org", "a,b.c.localhost"}) {
    TlsClient other(server_->port(), files_.ca_certificate, name);
    EXPECT_FALSE(other.Connect()) << name;
  }
}

TEST_F(TlsServerTest, StreamsLargeAnswers) {
  TlsClient client(server_->port(), files_.ca_certificate, "localhost");
  ASSERT_TRUE(client.Connect());
  constexpr size_t kBytes = 3'000'000;
  const std::string answer =
      client.Ask("GET /pattern?3000000 HTTP/1.1\r\nHost: h\r\n\r\n", kBytes + 60);  // the head has more than 60
  const size_t begin = answer.find("\r\n\r\n") + 4;
  bool same = answer.size() >= kBytes;
  for (size_t i = begin; i < answer.size(); ++i) same = same && answer[i] == PatternSource::At(i - begin);
  EXPECT_TRUE(same) << answer.size();
}

TEST_F(TlsServerTest, LeadsTlsThroughATunnel) {
  TlsClient client(server_->port(), files_.ca_certificate, "b.s3.localhost");
  const auto answer = client.plain().Ask("CONNECT b.s3.localhost:443 HTTP/1.1\r\nHost: b.s3.localhost:443\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  ASSERT_TRUE(client.Connect());
  EXPECT_NE(client.Ask(kRequest).find("GET /x"), std::string::npos);
}

TEST_F(TlsServerTest, EndsHandshakesThatDoNotCome) {
  TestClient half(server_->port());
  half.Send("\x16\x03\x01");
  EXPECT_TRUE(half.IsClosed(3000));
  TestClient noise(server_->port());
  noise.Send("\x16 this is no handshake at all, whatever its first byte says");
  for (int i = 0; i < 3 && !noise.IsClosed(1000); ++i) noise.Receive();  // an alert may come first
  TestClient after(server_->port());
  EXPECT_TRUE(after.Ask(kRequest));
}

}  // namespace
}  // namespace opentrail::http
