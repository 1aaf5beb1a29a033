#include "http/connection.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "http/read_buffer.h"
#include "http/request_parser.h"
#include "http/response_head.h"
#include "http/tls_context.h"

namespace opentrail::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<tcp::socket>;

constexpr size_t kHeadReadBytes = 4 * 1024;
constexpr size_t kBodyReadBytes = 128 * 1024;
constexpr size_t kSourcePieceBytes = 256 * 1024;
constexpr size_t kJoinedBodyBytes = 64 * 1024;   // up to this a body leaves with its head
constexpr size_t kKeptOutputBytes = 64 * 1024;   // what a connection holds on to between answers
constexpr uint64_t kMaxDrainBytes = 256 * 1024;  // of a body that nobody read; past it the connection closes
constexpr uint64_t kMaxLingerBytes = 4 * 1024 * 1024;
constexpr int64_t kLingerMs = 2'000;
constexpr uint8_t kTlsHandshakeByte = 0x16;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

constexpr bool IsPlain(const tcp::socket&) { return true; }
constexpr bool IsPlain(const TlsStream&) { return false; }

// Counts a request for as long as it is being answered, whatever ends it.
class RequestCount {
 public:
  explicit RequestCount(std::atomic<size_t>& count) : count_(count) { ++count_; }
  ~RequestCount() { --count_; }
  RequestCount(const RequestCount&) = delete;
  RequestCount& operator=(const RequestCount&) = delete;

 private:
  std::atomic<size_t>& count_;
};

// One connection's bytes in and out, each wait with its deadline.
template <typename Stream>
class Channel {
 public:
  Channel(Stream& stream, ReadBuffer buffer, Deadlines::Watch& deadline)
      : input(std::move(buffer)), watch(deadline), stream_(stream) {}

  ReadBuffer input;
  Deadlines::Watch& watch;

  // Waits for more bytes. False where the client is gone, or too slow (watch.expired()).
  asio::awaitable<bool> ReadUntil(size_t room, int64_t until_ms) {
    const auto space = input.Prepare(room);
    watch.ArmUntil(until_ms);
    auto [error, got] = co_await stream_.async_read_some(asio::buffer(space.data(), space.size()), kNoThrow);
    watch.Disarm();
    if (error) co_return false;
    input.Commit(got);
    co_return true;
  }

  // The timeout runs anew with each piece that leaves.
  asio::awaitable<bool> Write(std::string_view bytes, int64_t timeout_ms) {
    if (IsPlain(stream_)) {
      // A small answer fits into the socket's buffer: no wait, no second turn through the loop.
      const auto sent =
          ::send(stream_.lowest_layer().native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent > 0) bytes.remove_prefix(static_cast<size_t>(sent));
    }
    while (!bytes.empty()) {
      watch.Arm(timeout_ms);
      auto [error, sent] = co_await stream_.async_write_some(asio::buffer(bytes.data(), bytes.size()), kNoThrow);
      watch.Disarm();
      if (error) co_return false;
      bytes.remove_prefix(sent);
    }
    co_return true;
  }

  // Of what is written from now on, until it is told otherwise.
  void LimitHops(std::optional<int> limit) {
    if (!limit && !has_hop_limit_) return;
    has_hop_limit_ = limit.has_value();
    const int ttl = limit.value_or(-1);  // -1: the system's default (ip(7))
    ::setsockopt(stream_.lowest_layer().native_handle(), IPPROTO_IP, IP_TTL, &ttl, sizeof ttl);
  }

 private:
  Stream& stream_;
  bool has_hop_limit_ = false;
};

// Reads a request's body from its connection.
template <typename Stream>
class ChannelBody final : public RequestBody {
 public:
  ChannelBody(Channel<Stream>& channel, RequestParser& parser, const ServerLimits& limits)
      : channel_(channel), parser_(parser), limits_(limits), waits_for_continue_(parser.expects_continue()) {}

  [[nodiscard]] std::optional<uint64_t> length() const override { return parser_.length(); }
  // HTTP status of a body that broke the rules; 0.
  [[nodiscard]] int refusal() const { return refusal_; }
  [[nodiscard]] bool failed() const { return failed_; }

  asio::awaitable<Result<std::string_view>> ReadSome() override {
    if (failed_) co_return Broken("the request's body broke off");
    while (!parser_.done()) {
      if (!channel_.input.empty()) {
        const auto piece = parser_.ReadBody(channel_.input.view());
        if (!piece) {
          refusal_ = piece.error();
          co_return Broken("the request's body is not framed as HTTP has it");
        }
        channel_.input.Consume(piece->used);  // its bytes stay until more are read
        if (!piece->bytes.empty()) co_return piece->bytes;
        if (parser_.done()) break;
      }
      if (waits_for_continue_ && !co_await Continue()) co_return Broken("the client went away");
      if (!co_await channel_.ReadUntil(Room(), Deadlines::Now() + limits_.body_timeout_ms)) {
        if (channel_.watch.expired()) refusal_ = 408;
        co_return Broken("the request's body broke off");
      }
    }
    co_return std::string_view();
  }

  asio::awaitable<Result<std::string>> ReadAll(size_t max_bytes) override {
    std::string whole;
    if (const auto expected = length(); expected) {
      if (*expected > max_bytes) co_return MakeError(ErrorCode::kLimitExceeded, "the body has {} bytes", *expected);
      whole.reserve(*expected);
    }
    for (;;) {
      auto piece = co_await ReadSome();
      if (!piece) co_return std::unexpected(std::move(piece.error()));
      if (piece->empty()) co_return whole;
      if (piece->size() > max_bytes - whole.size()) {
        co_return MakeError(ErrorCode::kLimitExceeded, "the body has more than {} bytes", max_bytes);
      }
      whole += *piece;
    }
  }

  // Whether what the handler left is little enough to be read away, so that the connection can go on.
  [[nodiscard]] bool IsDrainable() const {
    if (parser_.done()) return true;
    if (failed_ || waits_for_continue_) return false;  // a client that was never told to send may yet do so
    const auto remaining = parser_.remaining();
    return remaining && *remaining <= kMaxDrainBytes;
  }

  asio::awaitable<bool> Drain() {
    while (!parser_.done()) {
      const auto piece = co_await ReadSome();
      if (!piece) co_return false;
    }
    co_return true;
  }

 private:
  std::unexpected<Error> Broken(std::string_view why) {
    failed_ = true;
    return MakeError(ErrorCode::kIo, "{}", why);
  }

  [[nodiscard]] size_t Room() const {
    const uint64_t remaining = parser_.remaining().value_or(kBodyReadBytes);
    return static_cast<size_t>(std::clamp<uint64_t>(remaining, kHeadReadBytes, kBodyReadBytes));
  }

  asio::awaitable<bool> Continue() {
    waits_for_continue_ = false;
    co_return co_await channel_.Write("HTTP/1.1 100 Continue\r\n\r\n", limits_.body_timeout_ms);
  }

  Channel<Stream>& channel_;
  RequestParser& parser_;
  const ServerLimits& limits_;
  bool waits_for_continue_;
  bool failed_ = false;
  int refusal_ = 0;
};

// What comes of a session.
enum class Ending : uint8_t {
  kClosed,  // nothing more to say
  kLinger,  // the client may still be sending: closing at once would cost it our answer
  kTunnel,  // CONNECT was answered: what comes next is as on a new connection
};

template <typename Stream>
class Session {
 public:
  Session(Stream& stream, ReadBuffer buffer, Deadlines::Watch& watch, const Peer& peer, ConnectionContext& context)
      : is_plain_(IsPlain(stream)),
        channel_(stream, std::move(buffer), watch),
        parser_(context.options.limits),
        limits_(context.options.limits),
        peer_(peer),
        context_(context) {}

  asio::awaitable<Ending> Run() {
    bool goes_on = true;  // g++ 12 traps at a co_return inside this loop
    while (goes_on && !context_.stopping) goes_on = co_await ServeOne();
    co_return ending_;
  }

  [[nodiscard]] ReadBuffer TakeBuffer() { return std::move(channel_.input); }

  // Reads away what the client still sends, for a while.
  asio::awaitable<void> Linger() {
    const int64_t until = Deadlines::Now() + kLingerMs;
    for (uint64_t seen = 0; seen < kMaxLingerBytes;) {
      channel_.input.Consume(channel_.input.view().size());
      if (!co_await channel_.ReadUntil(kHeadReadBytes, until)) co_return;
      seen += channel_.input.view().size();
    }
  }

 private:
  // False where the connection ends; ending_ says how.
  asio::awaitable<bool> ServeOne() {
    if (!co_await ReadHead()) co_return false;
    if (parser_.is_connect()) co_return co_await AnswerConnect();
    const RequestCount count(context_.requests);
    ChannelBody<Stream> body(channel_, parser_, limits_);
    Response response = co_await Handle(body);
    const bool keep_alive = parser_.keep_alive() && !context_.stopping && body.IsDrainable();
    if (!keep_alive && !parser_.done()) ending_ = Ending::kLinger;
    if (!co_await WriteAnswer(response, keep_alive)) co_return false;
    if (!keep_alive) co_return false;
    if (parser_.done()) co_return true;
    co_return co_await body.Drain();
  }

  asio::awaitable<Response> Handle(ChannelBody<Stream>& body) {
    RequestHead head = parser_.TakeHead();
    head.peer = peer_;
    try {
      Response response = co_await context_.handler.Handle(std::move(head), body);
      // A body that was no HTTP, or never came, is told so: the handler knows only that it broke off.
      if (body.refusal() != 0) co_return PlainAnswer(body.refusal());
      co_return response;
    } catch (const std::exception&) {
      // A handler's failure ends its request, not the server.
    }
    co_return PlainAnswer(500);
  }

  asio::awaitable<bool> ReadHead() {
    parser_.Restart();
    int64_t until = 0;
    for (;;) {
      if (!channel_.input.empty()) {
        const auto used = parser_.ReadHead(channel_.input.view());
        if (!used) co_return co_await Refuse(used.error());
        channel_.input.Consume(*used);
        if (parser_.has_head()) co_return true;
      }
      const bool begun = !channel_.input.empty();
      if (!begun) {
        until = Deadlines::Now() + limits_.idle_timeout_ms;
      } else if (!header_begun_) {
        until = Deadlines::Now() + limits_.header_timeout_ms;
      }
      header_begun_ = begun;
      if (!co_await channel_.ReadUntil(kHeadReadBytes, until)) {
        if (begun && channel_.watch.expired()) co_return co_await Refuse(408);
        co_return false;
      }
    }
  }

  asio::awaitable<bool> Refuse(int status) {
    ending_ = Ending::kLinger;
    Response response = PlainAnswer(status);
    co_await WriteAnswer(response, false);
    co_return false;
  }

  // As an HTTPS proxy (RFC 9110 section 9.3.6) we lead to nobody but ourselves, and only for the names we answer to.
  asio::awaitable<bool> AnswerConnect() {
    const std::string target = parser_.TakeHead().target;
    const std::string host = target.substr(0, target.rfind(':'));
    const bool is_ours = std::ranges::any_of(context_.options.tunnel_suffixes,
                                             [&](const std::string& suffix) { return host.ends_with(suffix); });
    if (!is_ours || !is_plain_) co_return co_await Refuse(403);
    if (co_await channel_.Write("HTTP/1.1 200 Connection Established\r\n\r\n", limits_.body_timeout_ms)) {
      ending_ = Ending::kTunnel;
    }
    co_return false;
  }

  asio::awaitable<bool> WriteAnswer(Response& response, bool keep_alive) {
    BodySource* const source = response.source.get();
    const bool is_head = parser_.has_head() && parser_.is_head_method();
    const uint64_t size = source != nullptr ? source->size() : response.body.size();
    const auto afterwards = !keep_alive             ? Afterwards::kClose
                            : parser_.is_http_1_0() ? Afterwards::kKeepAliveSaid
                                                    : Afterwards::kKeepAlive;
    output_.clear();
    channel_.LimitHops(response.hop_limit);
    AppendHead(output_, response, is_head ? response.content_length.value_or(size) : size, afterwards,
               context_.options.server_header);
    bool written = false;
    if (is_head || !HasBody(response.status)) {
      written = co_await channel_.Write(output_, limits_.body_timeout_ms);
    } else if (source != nullptr) {
      written = co_await WriteSource(*source, size);
    } else {
      written = co_await WriteBody(response.body);
    }
    if (output_.capacity() > kKeptOutputBytes) output_ = std::string();
    co_return written;
  }

  asio::awaitable<bool> WriteBody(const std::string& body) {
    const bool joined = body.size() <= kJoinedBodyBytes;
    if (joined) output_ += body;
    if (!co_await channel_.Write(output_, limits_.body_timeout_ms)) co_return false;
    if (joined) co_return true;
    co_return co_await channel_.Write(body, limits_.body_timeout_ms);
  }

  // Exactly the bytes that Content-Length promised; the first piece leaves with the head.
  asio::awaitable<bool> WriteSource(BodySource& source, uint64_t size) {
    for (uint64_t left = size;;) {
      const size_t held = output_.size();
      const auto wanted = static_cast<size_t>(std::min<uint64_t>(left, kSourcePieceBytes));
      output_.resize(held + wanted);
      const int64_t got = wanted == 0 ? 0 : source.Read(output_.data() + held, wanted);
      if (got < 0 || (got == 0 && wanted > 0)) co_return false;
      output_.resize(held + static_cast<size_t>(got));
      if (!co_await channel_.Write(output_, limits_.body_timeout_ms)) co_return false;
      output_.clear();
      left -= static_cast<uint64_t>(got);
      if (left == 0) co_return true;
    }
  }

  const bool is_plain_;
  Channel<Stream> channel_;
  RequestParser parser_;
  const ServerLimits& limits_;
  const Peer& peer_;
  ConnectionContext& context_;
  std::string output_;
  bool header_begun_ = false;
  Ending ending_ = Ending::kClosed;
};

Peer PeerOf(const tcp::socket& socket) {
  error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  Peer peer;
  if (error) return peer;
  auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  peer.address = address.to_string();
  peer.port = endpoint.port();
  return peer;
}

// The first byte of a connection, left where it is; nullopt where none comes.
asio::awaitable<std::optional<uint8_t>> PeekByte(tcp::socket& socket, const ReadBuffer& buffer, Deadlines::Watch& watch,
                                                 int64_t timeout_ms) {
  if (!buffer.empty()) co_return static_cast<uint8_t>(buffer.view().front());
  watch.Arm(timeout_ms);
  auto [error] = co_await socket.async_wait(tcp::socket::wait_read, kNoThrow);
  watch.Disarm();
  uint8_t byte = 0;
  if (error || ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 1) co_return std::nullopt;
  co_return byte;
}

asio::awaitable<void> ServeTls(TlsStream& stream, ReadBuffer buffer, Deadlines::Watch& watch, Peer peer,
                               ConnectionContext& context) {
  watch.Arm(context.options.limits.header_timeout_ms);
  const std::string_view read = buffer.view();
  auto [error, used] = co_await stream.async_handshake(asio::ssl::stream_base::server,
                                                       asio::const_buffer(read.data(), read.size()), kNoThrow);
  watch.Disarm();
  if (error) co_return;
  DescribeTls(stream.native_handle(), peer);
  {
    Session<TlsStream> session(stream, ReadBuffer(), watch, peer, context);
    if (co_await session.Run() == Ending::kLinger) co_await session.Linger();
  }
  watch.Arm(kLingerMs);
  co_await stream.async_shutdown(kNoThrow);
  watch.Disarm();
}

asio::awaitable<Ending> ServePlain(tcp::socket& socket, ReadBuffer& buffer, Deadlines::Watch& watch, const Peer& peer,
                                   ConnectionContext& context) {
  Session<tcp::socket> session(socket, std::exchange(buffer, {}), watch, peer, context);
  const Ending ending = co_await session.Run();
  error_code ignored;
  if (ending == Ending::kTunnel) {
    buffer = session.TakeBuffer();
  } else if (ending == Ending::kLinger) {
    socket.shutdown(tcp::socket::shutdown_send, ignored);
    co_await session.Linger();
  }
  co_return ending;
}

}  // namespace

asio::awaitable<void> ServeConnection(tcp::socket socket, std::string listener, ConnectionContext& context,
                                      Deadlines& deadlines) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  Peer peer = PeerOf(socket);
  peer.listener = std::move(listener);
  ReadBuffer buffer;
  {
    Deadlines::Watch watch(deadlines, socket);
    for (;;) {
      const auto byte = co_await PeekByte(socket, buffer, watch, context.options.limits.header_timeout_ms);
      if (!byte) co_return;
      if (*byte == kTlsHandshakeByte) break;
      if (co_await ServePlain(socket, buffer, watch, peer, context) != Ending::kTunnel) co_return;
    }
  }
  if (context.tls == nullptr) co_return;
  TlsStream stream(std::move(socket), *context.tls);
  Deadlines::Watch watch(deadlines, stream.next_layer());
  co_await ServeTls(stream, std::move(buffer), watch, std::move(peer), context);
}

}  // namespace opentrail::http
