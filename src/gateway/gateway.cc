#include "gateway/gateway.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "codec/digest.h"
#include "codec/text.h"
#include "gateway/authenticate.h"
#include "gateway/await.h"
#include "gateway/console_answer.h"
#include "gateway/request_checksum.h"
#include "gateway/route.h"
#include "protocol/codec.h"
#include "sigv4/chunked_body.h"

namespace opentrail::gateway {

namespace asio = boost::asio;

// g++ 12 takes the allocation of Asio's coroutine frames for a foreign one (GCC bug 103993).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

// One request on its way through the chain.
struct Gateway::Exchange {
  http::RequestHead head;
  Route route;
  sigv4::Claim claim;
  std::string signing_key;
  std::string body;  // whole, decoded; "" where it is streamed
  services::Call call;
  std::optional<Dispatcher::Target> target;
  trail::RecordDraft draft;
  Dispatcher::Outcome outcome;
  http::Response response;

  [[nodiscard]] bool IsS3() const { return route.service->protocol == protocol::Protocol::kRestXml; }
  [[nodiscard]] bool Streams() const {
    return call.operation->streaming_input && target && target->handler->begin_body != nullptr;
  }
};

namespace {

constexpr std::string_view kS3IdAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

bool IsChunked(sigv4::Payload payload) {
  switch (payload) {
    case sigv4::Payload::kSignedChunks:
    case sigv4::Payload::kSignedChunksWithTrailer:
    case sigv4::Payload::kUnsignedChunksWithTrailer: return true;
    case sigv4::Payload::kHashed:
    case sigv4::Payload::kUnsigned: break;
  }
  return false;
}

AwsError TooLarge(size_t limit) {
  return {"EntityTooLarge", fmt::format("The request is larger than the {} bytes that are taken", limit), 413};
}

AwsError ReadFailure(const Error& error, size_t limit) {
  if (error.code == ErrorCode::kLimitExceeded) return TooLarge(limit);
  return {"IncompleteBody", "The request body terminated unexpectedly", 400};
}

uint64_t DecodedLength(const http::RequestHead& head, const http::RequestBody& body) {
  const std::string_view text = head.fields.Get("x-amz-decoded-content-length");
  uint64_t length = body.length().value_or(0);
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length;
}

// Of a service that no model tells of: whether its client reads errors as XML. Those of the query protocol send forms;
// the rest read JSON, but for the few whose REST is XML.
bool SpeaksXml(const http::RequestHead& head, const sigv4::Claim& claim) {
  constexpr std::array<std::string_view, 4> kRestXml = {"route53", "cloudfront", "s3", "s3-outposts"};
  return head.fields.Get("content-type").starts_with("application/x-www-form-urlencoded") ||
         std::ranges::find(kRestXml, claim.service) != kRestXml.end();
}

// What S3's records say of the transfer, in CloudTrail's order.
Value S3EventData(const http::RequestHead& head, const sigv4::Claim& claim, const Value& of_service,
                  const http::Response& response) {
  Value data = Value::Object();
  const bool is_signed = claim.scheme != sigv4::Scheme::kNone;
  if (is_signed) data.Set("SignatureVersion", claim.scheme == sigv4::Scheme::kV2Query ? "SigV2" : "SigV4");
  if (!head.peer.cipher_suite.empty()) data.Set("CipherSuite", head.peer.cipher_suite);
  data.Set("bytesTransferredIn", of_service["bytesTransferredIn"].Integer(0));
  data.SetIfPresent("SSEApplied", of_service["SSEApplied"]);
  if (is_signed) {
    data.Set("AuthenticationMethod", claim.scheme == sigv4::Scheme::kHeader ? "AuthHeader" : "QueryString");
  }
  data.Set("x-amz-id-2", response.fields.Get("x-amz-id-2"));
  const uint64_t sent = response.source != nullptr ? response.source->size() : response.body.size();
  data.Set("bytesTransferredOut", sent);
  return data;
}

}  // namespace

// The chain. Whoever was named by a valid signature (and S3's anonymous callers) is recorded, whatever becomes of the
// call; what comes before that point is answered and leaves no record, as on AWS.
asio::awaitable<http::Response> Gateway::Handle(http::RequestHead head, http::RequestBody& body) {
  if (parts_.console != nullptr && Console::IsFor(head))
    co_return co_await parts_.console->Handle(std::move(head), body);
  Exchange exchange;
  exchange.head = std::move(head);
  AwsStatus status = Identify(exchange);
  if (status && !exchange.IsS3()) status = co_await ReadWhole(exchange, body);
  if (status) status = AuthenticateCall(exchange);
  if (!status) co_return Refuse(exchange, status.error());

  status = NameOperation(exchange);
  if (!status) co_return Refuse(exchange, status.error());  // no such operation on AWS: nothing that it could record
  if (exchange.IsS3() && !exchange.Streams()) status = co_await ReadWhole(exchange, body);
  if (status) status = ParseParameters(exchange);
  if (status && exchange.Streams()) status = co_await ReadStream(exchange, body);
  if (status) status = co_await Begin(exchange);
  if (status) status = co_await Prepare(exchange);
  co_return co_await CommitAndAnswer(exchange, std::move(status));
}

AwsStatus Gateway::Identify(Exchange& exchange) {
  exchange.call.now = parts_.clock.Now();
  exchange.call.request_id = RandomUuid(parts_.random);
  auto claim = sigv4::ParseClaim(exchange.head);
  exchange.route = FindRoute(exchange.head, claim ? *claim : sigv4::Claim{});
  const protocol::Service* service = exchange.route.service;
  if (service == nullptr) {
    if (claim) exchange.claim = std::move(*claim);
    return AwsFailure("UnknownService", "There is no such service here");
  }
  if (exchange.IsS3()) exchange.call.request_id = RandomText(parts_.random, kS3IdAlphabet, 16);
  if (!claim) return std::unexpected(sigv4::ToAwsError(claim.error(), FamilyOf(*service)));
  exchange.claim = std::move(*claim);
  return {};
}

// AssumeRoleWithSAML and its like come without: what they bring along proves who calls.
bool Gateway::NeedsNoSignature(const Exchange& exchange) {
  if (exchange.claim.scheme != sigv4::Scheme::kNone || exchange.IsS3()) return false;
  const auto operation = protocol::FindOperation(*exchange.route.service, exchange.head, exchange.body);
  return operation && (*operation)->auth_none;
}

AwsStatus Gateway::AuthenticateCall(Exchange& exchange) {
  std::optional<std::string> hash;
  if (!exchange.IsS3()) hash = codec::HexEncode(codec::Sha256(exchange.body));
  auto authenticated = NeedsNoSignature(exchange) ? Authenticated{}
                                                  : Authenticate(exchange.head, exchange.claim, exchange.route, hash,
                                                                 parts_.directory, exchange.call.now);
  if (!authenticated)
    return std::unexpected(sigv4::ToAwsError(authenticated.error(), FamilyOf(*exchange.route.service)));
  exchange.signing_key = std::move(authenticated->signing_key);
  services::Call& call = exchange.call;
  call.principal = std::move(authenticated->principal);
  call.account_id = parts_.account_id;
  call.region = exchange.route.region;
  call.source_address = exchange.head.peer.address;
  call.secure_transport = !exchange.head.peer.tls_version.empty();
  call.head = &exchange.head;
  ApplyBucket(exchange.route, exchange.head);
  return {};
}

AwsStatus Gateway::NameOperation(Exchange& exchange) {
  auto operation = protocol::FindOperation(*exchange.route.service, exchange.head, exchange.body);
  if (!operation) return std::unexpected(std::move(operation.error()));
  exchange.call.operation = *operation;
  exchange.target = parts_.dispatcher.Find(**operation);
  return {};
}

AwsStatus Gateway::ParseParameters(Exchange& exchange) {
  auto input = protocol::ParseInput(*exchange.call.operation, exchange.head, exchange.body);
  if (!input) return std::unexpected(std::move(input.error()));
  exchange.call.input = std::move(*input);
  if (!exchange.target) return std::unexpected(NotImplemented(*exchange.call.operation));
  return {};
}

asio::awaitable<AwsStatus> Gateway::ReadWhole(Exchange& exchange, http::RequestBody& body) {
  auto raw = co_await body.ReadAll(limits_.body_bytes);
  if (!raw) co_return std::unexpected(ReadFailure(raw.error(), limits_.body_bytes));
  if (!exchange.IsS3()) {
    exchange.body = std::move(*raw);
    co_return AwsStatus();
  }
  if (!IsChunked(exchange.claim.payload)) {
    exchange.body = std::move(*raw);
    co_return CheckWholeBody(exchange.head, exchange.claim, exchange.body);
  }
  sigv4::ChunkedBody chunked(exchange.claim, exchange.signing_key, DecodedLength(exchange.head, body),
                             [&](std::string_view bytes) {
                               exchange.body += bytes;
                               return AwsStatus();
                             });
  AwsStatus status = chunked.Feed(*raw);
  if (status) status = chunked.End();
  if (status) status = CheckTrailers(chunked.trailers(), exchange.body);
  co_return status;
}

// The body goes to the service piece by piece; its record and its answer come after the last one.
asio::awaitable<AwsStatus> Gateway::ReadStream(Exchange& exchange, http::RequestBody& body) {
  const uint64_t decoded = DecodedLength(exchange.head, body);
  const uint64_t length = std::max(decoded, body.length().value_or(0));  // neither is proved yet
  if (length > limits_.early_check_bytes || !body.length()) {
    if (AwsStatus allowed = co_await AuthorizeEarly(exchange); !allowed) co_return allowed;
  }
  auto sink = exchange.target->handler->begin_body(*exchange.target->service, exchange.call);
  if (!sink) co_return std::unexpected(std::move(sink.error()));
  services::BodySink& target = **sink;
  std::optional<sigv4::ChunkedBody> chunked;
  if (IsChunked(exchange.claim.payload)) {
    chunked.emplace(exchange.claim, exchange.signing_key, decoded,
                    [&target](std::string_view bytes) { return target.Write(bytes); });
  }
  for (;;) {
    auto piece = co_await body.ReadSome();
    if (!piece) co_return std::unexpected(ReadFailure(piece.error(), 0));
    if (piece->empty()) break;
    if (AwsStatus status = chunked ? chunked->Feed(*piece) : target.Write(*piece); !status) co_return status;
  }
  if (chunked) {
    if (AwsStatus status = chunked->End(); !status) co_return status;
  }
  const http::Fields trailers = chunked ? chunked->trailers() : http::Fields();
  AwsStatus finished;
  if (length <= limits_.quick_finish_bytes) {
    finished = target.Finish(trailers);
  } else {
    finished = co_await RunOn<AwsStatus>(workers_, [&] { return target.Finish(trailers); });
  }
  exchange.call.body = std::move(*sink);
  co_return finished;
}

// Nobody fills the disk who may not: a large body is authorised once before it is read, and again with the call.
asio::awaitable<AwsStatus> Gateway::AuthorizeEarly(Exchange& exchange) {
  AwsStatus allowed;
  const Status committed = co_await Commit(parts_.committer, [&](store::Transaction& transaction) {
    std::vector<trail::RecordResource> resources;
    allowed = parts_.dispatcher.Authorize(transaction.connection(), *exchange.target, exchange.call, resources);
  });
  if (!committed) co_return AwsFailure("InternalError", "{}", "We encountered an internal error. Please try again.");
  co_return allowed;
}

asio::awaitable<AwsStatus> Gateway::Begin(Exchange& exchange) {
  if (exchange.target->handler->begin == nullptr) co_return AwsStatus();
  AwsStatus begun;
  const Status committed = co_await Commit(parts_.committer, [&](store::Transaction& transaction) {
    begun = parts_.dispatcher.Begin(transaction, *exchange.target, exchange.call);
  });
  if (!committed) co_return AwsFailure("InternalError", "{}", "We encountered an internal error. Please try again.");
  co_return begun;
}

asio::awaitable<AwsStatus> Gateway::Prepare(Exchange& exchange) {
  const Dispatcher::Target target = *exchange.target;
  if (target.handler->prepare == nullptr) co_return AwsStatus();
  co_return co_await RunOn<AwsStatus>(target.handler->begin != nullptr ? readers_ : workers_,
                                      [&] { return target.handler->prepare(*target.service, exchange.call); });
}

asio::awaitable<http::Response> Gateway::CommitAndAnswer(Exchange& exchange, AwsStatus status) {
  exchange.draft = parts_.dispatcher.Draft(exchange.call, *exchange.route.service, exchange.call.operation->name);
  const Status committed = co_await Commit(
      parts_.committer, [&](store::Transaction& transaction) { RunInTransaction(exchange, transaction, status); });
  if (!committed) {
    co_return Refuse(exchange,
                     {"InternalFailure", "The request could not be made durable: " + committed.error().message, 500});
  }
  if (parts_.committed) parts_.committed();
  if (!exchange.IsS3()) {
    const auto& result = exchange.outcome.result;
    if (!result) co_return Refuse(exchange, result.error());
    co_return protocol::SerializeOutput(*exchange.call.operation, result->output, exchange.call.request_id);
  }
  co_return std::move(exchange.response);
}

void Gateway::RunInTransaction(Exchange& exchange, store::Transaction& transaction, AwsStatus& status) {
  services::Call& call = exchange.call;
  Dispatcher::Outcome& outcome = exchange.outcome;
  if (status) {
    outcome = parts_.dispatcher.Execute(transaction, *exchange.target, call);
    // Where the database failed beneath the handler, its answer means nothing: the whole call fails with that.
    if (!outcome.result && transaction.connection().status()) transaction.RollBackState();
  } else {
    outcome.result = std::unexpected(std::move(status.error()));
  }
  // S3's record tells how many bytes the answer has: it is made first.
  if (exchange.IsS3()) {
    auto& result = outcome.result;
    if (result) {
      exchange.response = protocol::SerializeOutput(*call.operation, result->output, call.request_id);
      if (result->http_status != 0) exchange.response.status = result->http_status;
      exchange.response.source = std::move(result->body);
    } else {
      exchange.response = Refuse(exchange, result.error());
    }
    KeepFromConsole(exchange.head, exchange.response);
    const Value data = result ? std::move(result->additional_event_data) : Value();
    outcome.additional_event_data = S3EventData(exchange.head, exchange.claim, data, exchange.response);
  } else if (outcome.result) {
    outcome.additional_event_data = std::move(outcome.result->additional_event_data);
  }
  parts_.dispatcher.Record(transaction, call, *exchange.route.service, call.operation->name, outcome, exchange.draft);
  key_uses_.Note(transaction, call);
}

http::Response Gateway::Refuse(const Exchange& exchange, const AwsError& error) const {
  const protocol::Service* service = exchange.route.service;
  if (service == nullptr) service = protocol::FindService(SpeaksXml(exchange.head, exchange.claim) ? "sts" : "kms");
  http::Response response =
      protocol::SerializeError(*service, exchange.call.operation, error, exchange.call.request_id);
  if (exchange.head.method == "HEAD") {
    response.content_length = response.body.size();
    response.body.clear();
  }
  return response;
}

}  // namespace opentrail::gateway
