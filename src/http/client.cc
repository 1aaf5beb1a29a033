#include "http/client.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <optional>

#include <curl/curl.h>

namespace opentrail::http {
namespace {

constexpr size_t kMaxErrorBody = 64UL << 10;  // of an answer that is no success
constexpr size_t kMaxFieldsBytes = 256UL << 10;
constexpr long kSuccess = 200;
constexpr long kSuccessEnd = 300;

void InitializeLibrary() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using FieldList = std::unique_ptr<curl_slist, ListDeleter>;

FieldList FieldsOf(const RequestHead& head) {
  curl_slist* list = nullptr;
  for (const auto& [name, value] : head.fields.entries()) {
    list = curl_slist_append(list, (value.empty() ? name + ";" : name + ": " + value).c_str());
  }
  return FieldList(list);
}

}  // namespace

// One request on its way.
struct Client::Transfer {
  const CancelToken& cancel;
  uint64_t max_bytes = 0;
  std::optional<std::span<uint8_t>> out;
  std::optional<std::string_view> body;  // of the request
  CURL* handle = nullptr;
  ClientResponse response;
  uint64_t received = 0;
  size_t fields_bytes = 0;
  bool is_too_long = false;

  static size_t OnBody(char* bytes, size_t /*one*/, size_t count, void* self) {
    return static_cast<Transfer*>(self)->TakeBody({bytes, count}) ? count : 0;
  }
  static size_t OnField(char* bytes, size_t /*one*/, size_t count, void* self) {
    return static_cast<Transfer*>(self)->TakeField({bytes, count}) ? count : 0;
  }
  static int OnProgress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Transfer*>(self)->cancel.IsCancelled() ? 1 : 0;
  }

  [[nodiscard]] bool IsSuccess() const {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status >= kSuccess && status < kSuccessEnd;
  }
  bool TakeBody(std::string_view bytes) {
    const bool is_success = IsSuccess();
    if (out && is_success) {
      is_too_long = bytes.size() > out->size() - received;
      if (is_too_long) return false;
      std::memcpy(out->data() + received, bytes.data(), bytes.size());
    } else {
      is_too_long = response.body.size() + bytes.size() > (is_success ? max_bytes : kMaxErrorBody);
      if (is_too_long) return false;
      response.body += bytes;
    }
    received += bytes.size();
    return true;
  }
  // A status line begins an answer's fields: those of an interim one are dropped.
  bool TakeField(std::string_view line) {
    fields_bytes += line.size();
    is_too_long = fields_bytes > kMaxFieldsBytes;
    if (is_too_long) return false;
    if (line.starts_with("HTTP/")) response.fields = {};
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return true;
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
    response.fields.Add(std::string(line.substr(0, colon)), std::string(value));
    return true;
  }
};

struct Client::Impl {
  explicit Impl(ClientOptions o) : options(std::move(o)), handle(curl_easy_init()) {}
  ~Impl() { curl_easy_cleanup(handle); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  const ClientOptions options;
  CURL* const handle;  // with its connections
};

Client::Client(ClientOptions options) {
  InitializeLibrary();
  impl_ = std::make_unique<Impl>(std::move(options));
}

Client::~Client() = default;

Result<ClientResponse> Client::Send(std::string_view origin, const RequestHead& head, uint64_t max_bytes,
                                    const CancelToken& cancel) {
  Transfer transfer{.cancel = cancel, .max_bytes = max_bytes};
  return Run(origin, head, transfer);
}

Result<ClientResponse> Client::Post(std::string_view origin, const RequestHead& head, std::string_view body,
                                    uint64_t max_bytes, const CancelToken& cancel) {
  Transfer transfer{.cancel = cancel, .max_bytes = max_bytes, .body = body};
  return Run(origin, head, transfer);
}

Result<ClientResponse> Client::Receive(std::string_view origin, const RequestHead& head, std::span<uint8_t> out,
                                       const CancelToken& cancel) {
  Transfer transfer{.cancel = cancel, .out = out};
  auto response = Run(origin, head, transfer);
  if (response && transfer.IsSuccess() && transfer.received != out.size()) {
    return MakeError(ErrorCode::kIo, "{}: {} bytes came, {} were expected", origin, transfer.received, out.size());
  }
  return response;
}

Result<ClientResponse> Client::Run(std::string_view origin, const RequestHead& head, Transfer& transfer) {
  CURL* handle = impl_->handle;
  if (handle == nullptr) return MakeError(ErrorCode::kInternal, "the HTTP client cannot start");
  curl_easy_reset(handle);  // connections stay
  transfer.handle = handle;
  const std::string url = std::string(origin) + head.target;
  const FieldList fields = FieldsOf(head);
  char reason[CURL_ERROR_SIZE] = {};
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);  // a signature is over the path as it stands
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  if (transfer.body) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.body->size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, transfer.body->data());  // not copied: it outlives the transfer
  }
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, head.method.c_str());
  if (head.method == "HEAD") curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, fields.get());
  if (!impl_->options.uses_proxies) curl_easy_setopt(handle, CURLOPT_PROXY, "");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(impl_->options.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(impl_->options.stall_timeout.count()));
  if (!impl_->options.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, impl_->options.ca_file.c_str());
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, Transfer::OnBody);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, Transfer::OnField);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, Transfer::OnProgress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &transfer);
  const CURLcode code = curl_easy_perform(handle);
  if (transfer.cancel.IsCancelled()) return MakeError(ErrorCode::kCancelled, "cancelled");
  if (transfer.is_too_long) return MakeError(ErrorCode::kLimitExceeded, "{}: the answer is too long", origin);
  if (code != CURLE_OK) {
    return MakeError(ErrorCode::kIo, "{}: {}", origin, reason[0] != '\0' ? reason : curl_easy_strerror(code));
  }
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  transfer.response.status = static_cast<int>(status);
  return std::move(transfer.response);
}

}  // namespace opentrail::http
