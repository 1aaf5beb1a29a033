#include "http/request_parser.h"

#include <algorithm>
#include <cstring>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>

namespace opentrail::http {
namespace {

namespace beast = boost::beast;
using beast::http::field;
using boost::system::error_code;

constexpr size_t kMaxChunkHeadBytes = 16 * 1024;  // a chunk's line, or all trailers
constexpr size_t kExpectedFields = 16;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

// Between two fields only CR LF may stand, and no line may go on in the next (obs-fold): what proxies read differently.
// Gives the size of the head where its end is in `bytes`, 0 where it is not; `from` remembers how far it got.
RequestParser::Parsed<size_t> FindHeadEnd(std::string_view bytes, size_t& from) {
  for (;;) {
    const auto* found = static_cast<const char*>(std::memchr(bytes.data() + from, '\n', bytes.size() - from));
    if (found == nullptr) {
      from = bytes.size();
      return 0;
    }
    const auto at = static_cast<size_t>(found - bytes.data());
    if (at == 0 || bytes[at - 1] != '\r') return std::unexpected(400);
    const std::string_view next = bytes.substr(at + 1, 2);
    if (next.starts_with(' ') || next.starts_with('\t')) return std::unexpected(400);
    if (next.size() < 2) {
      from = at;  // what comes next decides
      return 0;
    }
    if (next == "\r\n") return at + 3;
    from = at + 1;
  }
}

enum class ChunkHead : uint8_t { kWhole, kPartial, kBroken };

// Whether a chunk's line (with the last one the trailers, too) is there. A line feed alone, which an extension could
// hide, ends the line for others. The line end of the chunk before may stand first. Beast 1.81 gets whole ones alone:
// it asserts when the last chunk comes in pieces.
ChunkHead LookAtChunk(std::string_view bytes) {
  if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
  const size_t end = bytes.find('\n');
  if (end == std::string_view::npos) return ChunkHead::kPartial;
  if (end == 0 || bytes[end - 1] != '\r') return ChunkHead::kBroken;
  const size_t size_end = bytes.find_first_not_of('0');
  const bool is_last = size_end > 0 && (bytes[size_end] == '\r' || bytes[size_end] == ';');
  if (is_last && bytes.find("\r\n\r\n", end - 1) == std::string_view::npos) return ChunkHead::kPartial;
  return ChunkHead::kWhole;
}

// Beast's parser, filling our own head: no field is stored twice.
class Parser final : public beast::http::basic_parser<true> {
 public:
  explicit Parser(const ServerLimits& limits) : limits_(limits) {
    header_limit(static_cast<uint32_t>(std::min<size_t>(limits.header_bytes + 4, UINT32_MAX)));
    body_limit(limits.body_bytes);
    head.fields.Reserve(kExpectedFields);
  }

  RequestHead head;
  std::string_view piece;
  int refusal = 0;  // what an error of the parser itself does not tell
  int version = 11;
  bool expects_continue = false;
  bool is_connect = false;
  bool is_head_method = false;
  bool in_chunk_line = true;  // of a chunked body: what comes next is a chunk's size

 private:
  void Refuse(int status, error_code& error) {
    refusal = status;
    error = beast::http::make_error_code(beast::http::error::bad_value);
  }

  void on_request_impl(beast::http::verb verb, beast::string_view method, beast::string_view target, int number,
                       error_code& error) override {
    if (target.size() > limits_.target_bytes) return Refuse(414, error);
    version = number;
    is_connect = verb == beast::http::verb::connect;
    is_head_method = verb == beast::http::verb::head;
    head.method = View(method);
    head.target = View(target);
  }

  void on_field_impl(field name, beast::string_view name_text, beast::string_view value, error_code& error) override {
    if (is_header_done()) return;  // a trailer: nobody here may take it for a field of the head
    if (head.fields.entries().size() >= limits_.header_fields) return Refuse(431, error);
    if (name == field::host) CheckHost(value, error);
    if (name == field::content_length) CheckLength(value, error);
    if (name == field::transfer_encoding) CheckEncoding(value, error);
    if (name == field::expect) CheckExpect(value, error);
    head.fields.Add(std::string(View(name_text)), std::string(View(value)));
  }

  void CheckHost(beast::string_view value, error_code& error) {
    if (has_host_ || value.find(',') != beast::string_view::npos) return Refuse(400, error);
    has_host_ = true;
  }
  void CheckLength(beast::string_view value, error_code& error) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (has_framing_ || value.empty() || !std::ranges::all_of(value, is_digit)) return Refuse(400, error);
    has_framing_ = true;
  }
  // What is not chunked alone would be read as a request without a body.
  void CheckEncoding(beast::string_view value, error_code& error) {
    if (has_framing_ || version < 11 || !beast::iequals(value, "chunked")) return Refuse(400, error);
    has_framing_ = true;
  }
  void CheckExpect(beast::string_view value, error_code& error) {
    if (!beast::iequals(value, "100-continue")) return Refuse(417, error);
    expects_continue = version >= 11;
  }

  void on_header_impl(error_code& error) override {
    if (!has_host_ && version >= 11) return Refuse(400, error);
    if (is_connect) return;
    if (!SplitTarget()) Refuse(400, error);
  }

  // Origin form, * or the absolute form that a client of an HTTP proxy sends (RFC 9112 section 3.2).
  bool SplitTarget() {
    std::string_view rest = head.target;
    if (!rest.starts_with('/') && rest != "*") {
      const size_t scheme = rest.starts_with("http://") ? 7 : rest.starts_with("https://") ? 8 : 0;
      if (scheme == 0) return false;
      rest.remove_prefix(scheme);
      const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
      if (!beast::iequals(beast::string_view(authority.data(), authority.size()), HostOf(head))) return false;
      rest.remove_prefix(authority.size());
    }
    const size_t question = std::min(rest.find('?'), rest.size());
    head.path = rest.substr(0, question);
    head.query = rest.substr(std::min(rest.size(), question + 1));
    if (head.path.empty()) head.path = "/";
    return true;
  }
  static beast::string_view HostOf(const RequestHead& head) { return {head.Host().data(), head.Host().size()}; }

  size_t on_body_impl(beast::string_view body, error_code&) override {
    piece = View(body);
    return body.size();
  }
  size_t on_chunk_body_impl(uint64_t remaining, beast::string_view body, error_code&) override {
    piece = View(body);
    in_chunk_line = body.size() == remaining;
    return body.size();
  }
  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<uint64_t>&, error_code&) override {}
  void on_chunk_header_impl(uint64_t, beast::string_view, error_code&) override { in_chunk_line = false; }
  void on_finish_impl(error_code&) override {}

  const ServerLimits& limits_;
  bool has_host_ = false;
  bool has_framing_ = false;
};

int StatusOf(const Parser& parser, const error_code& error, std::string_view head) {
  if (parser.refusal != 0) return parser.refusal;
  if (error == beast::http::error::header_limit) return 431;
  if (error == beast::http::error::body_limit) return 413;
  if (error == beast::http::error::bad_version) {
    const std::string_view line = head.substr(0, head.find('\r'));
    return line.find(" HTTP/") != std::string_view::npos ? 505 : 400;
  }
  return 400;
}

}  // namespace

struct RequestParser::Impl {
  explicit Impl(const ServerLimits& of_server) : limits(of_server) { parser.emplace(limits); }

  const ServerLimits& limits;
  std::optional<Parser> parser;
  size_t searched = 0;  // for the end of the head
};

RequestParser::RequestParser(const ServerLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;

void RequestParser::Restart() {
  impl_->parser.emplace(impl_->limits);
  impl_->searched = 0;
}

RequestParser::Parsed<size_t> RequestParser::ReadHead(std::string_view bytes) {
  // Empty lines before a request are let pass: old clients send one after a body (RFC 9112 section 2.2).
  size_t skipped = 0;
  while (impl_->searched == 0 && bytes.substr(skipped).starts_with("\r\n")) skipped += 2;
  bytes.remove_prefix(skipped);
  if (bytes.empty() || bytes == "\r") return skipped;

  const auto size = FindHeadEnd(bytes, impl_->searched);
  if (!size) return size;
  if (*size == 0 ? bytes.size() >= impl_->limits.header_bytes : *size > impl_->limits.header_bytes) {
    return std::unexpected(bytes.substr(0, impl_->limits.header_bytes).find('\n') == std::string_view::npos ? 414
                                                                                                            : 431);
  }
  if (*size == 0) return skipped;
  error_code error;
  const size_t used = impl_->parser->put(boost::asio::const_buffer(bytes.data(), *size), error);
  if (error || !has_head() || used != *size) return std::unexpected(StatusOf(*impl_->parser, error, bytes));
  return skipped + used;
}

bool RequestParser::has_head() const { return impl_->parser->is_header_done(); }
RequestHead RequestParser::TakeHead() { return std::move(impl_->parser->head); }
bool RequestParser::keep_alive() const { return impl_->parser->keep_alive(); }
bool RequestParser::is_http_1_0() const { return impl_->parser->version < 11; }
bool RequestParser::expects_continue() const { return impl_->parser->expects_continue; }
bool RequestParser::is_connect() const { return impl_->parser->is_connect; }
bool RequestParser::is_head_method() const { return impl_->parser->is_head_method; }
bool RequestParser::done() const { return impl_->parser->is_done(); }

std::optional<uint64_t> RequestParser::length() const {
  if (impl_->parser->chunked()) return std::nullopt;
  return impl_->parser->content_length().value_or(0);
}

std::optional<uint64_t> RequestParser::remaining() const {
  if (impl_->parser->chunked()) return std::nullopt;
  return impl_->parser->content_length_remaining().value_or(0);
}

RequestParser::Parsed<RequestParser::Piece> RequestParser::ReadBody(std::string_view bytes) {
  Piece piece;
  impl_->parser->piece = {};
  while (piece.bytes.empty() && !done() && piece.used < bytes.size()) {
    const std::string_view rest = bytes.substr(piece.used);
    if (impl_->parser->chunked() && impl_->parser->in_chunk_line) {
      const ChunkHead head = LookAtChunk(rest);
      const bool too_long = head == ChunkHead::kPartial && rest.size() >= kMaxChunkHeadBytes;
      if (head == ChunkHead::kBroken || too_long) return std::unexpected(400);
      if (head == ChunkHead::kPartial) break;
    }
    error_code error;
    piece.used += impl_->parser->put(boost::asio::const_buffer(rest.data(), rest.size()), error);
    piece.bytes = impl_->parser->piece;
    if (error == beast::http::error::need_more) return std::unexpected(400);  // whole, and yet not what it should be
    if (error) return std::unexpected(StatusOf(*impl_->parser, error, {}));
  }
  return piece;
}

}  // namespace opentrail::http
