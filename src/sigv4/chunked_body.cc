#include "sigv4/chunked_body.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/text.h"
#include "sigv4/scheme.h"

namespace opentrail::sigv4 {
namespace {

constexpr size_t kMaxTrailers = 16;
constexpr size_t kMaxSizeDigits = 16;
constexpr uint64_t kMinChunkBytes = 8192;  // of a signed chunk that is not the last one with bytes
constexpr std::string_view kChunkSignature = "chunk-signature=";
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature";

AwsStatus Incomplete() { return AwsFailure("IncompleteBody", "The request body terminated unexpectedly"); }
AwsStatus WrongLength() {
  return AwsFailure(
      "IncompleteBody",
      "You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header");
}
AwsStatus MalformedTrailer() {
  return AwsFailure("MalformedTrailerError",
                    "The request contained trailing data that was not well-formed or did not conform to our published "
                    "schema.");
}

}  // namespace

// Where in the body the next byte stands.
enum class Place : uint8_t { kChunkLine, kData, kDataEnd, kTrailers, kDone };

struct ChunkedBody::Impl {
  Claim claim;
  std::string signing_key;
  uint64_t decoded_length;
  Write write;

  Place place = Place::kChunkLine;
  std::string line;                // what has come of a line
  std::string chunk;               // what has come of a signed chunk
  std::string chunk_signature;     // what its line says
  std::string previous_signature;  // of the chunk before, at first the request's
  uint64_t left = 0;               // bytes of the chunk that are to come
  uint64_t chunk_size = 0;
  uint64_t chunk_count = 0;
  uint64_t decoded = 0;
  uint64_t data_end_seen = 0;
  std::string canonical_trailers;
  std::string trailer_signature;
  http::Fields trailers;
  AwsStatus failure;  // what was found stays found

  [[nodiscard]] bool Signs() const {
    return claim.payload == Payload::kSignedChunks || claim.payload == Payload::kSignedChunksWithTrailer;
  }
  [[nodiscard]] bool HasTrailers() const { return claim.payload != Payload::kSignedChunks; }

  AwsStatus Feed(std::string_view& raw);
  AwsStatus FeedData(std::string_view& raw);
  AwsStatus FeedDataEnd(std::string_view& raw);
  AwsStatus TakeLine(std::string_view& raw, bool& complete);
  AwsStatus ReadChunkLine();
  AwsStatus ReadTrailerLine();
  AwsStatus EndChunk();
  AwsStatus EndTrailers();
  AwsStatus CheckSignature(std::string_view kind, std::string_view hashed, std::string_view sent);
};

// A line up to its CR LF, without them; bounded.
AwsStatus ChunkedBody::Impl::TakeLine(std::string_view& raw, bool& complete) {
  const size_t end = std::min(raw.find('\n'), raw.size());
  complete = end < raw.size();
  if (line.size() + end > kMaxLineBytes) return place == Place::kTrailers ? MalformedTrailer() : Incomplete();
  line += raw.substr(0, end);
  raw.remove_prefix(end + (complete ? 1 : 0));
  if (!complete) return {};
  if (!line.ends_with('\r')) return place == Place::kTrailers ? MalformedTrailer() : Incomplete();
  line.pop_back();
  return {};
}

AwsStatus ChunkedBody::Impl::ReadChunkLine() {
  const std::string_view text = line;
  const std::string_view digits = text.substr(0, text.find(';'));
  uint64_t size = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  const bool is_number = error == std::errc() && stop == digits.data() + digits.size();
  if (!is_number || digits.size() > kMaxSizeDigits) return Incomplete();
  if (Signs()) {
    const std::string_view extension = text.substr(std::min(text.size(), digits.size() + 1));
    if (!extension.starts_with(kChunkSignature)) return Incomplete();
    chunk_signature = extension.substr(kChunkSignature.size());
    if (size > kMaxChunkBytes) {
      return AwsFailure("InvalidRequest", "A chunk has {} bytes; {} is the most", size, kMaxChunkBytes);
    }
    if (size > 0 && chunk_count > 0 && chunk_size < kMinChunkBytes) {
      return std::unexpected(
          AwsError{"InvalidChunkSizeError",
                   "Only the last chunk is allowed to have a size less than 8192 bytes",
                   400,
                   {{"Chunk", std::to_string(chunk_count + 1)}, {"BadChunkSize", std::to_string(chunk_size)}}});
    }
  }
  if (size > decoded_length - decoded) return WrongLength();
  ++chunk_count;
  chunk_size = left = size;
  line.clear();
  if (size > 0) {
    place = Place::kData;
    return {};
  }
  place = Place::kTrailers;  // without any it is the empty line alone
  return EndChunk();
}

AwsStatus ChunkedBody::Impl::CheckSignature(std::string_view kind, std::string_view hashed, std::string_view sent) {
  const std::string_view prefix = kind == "PAYLOAD" ? kEmptySha256 : std::string_view();
  std::string to_sign =
      fmt::format("{}-{}\n{}\n{}\n{}\n", kAlgorithm, kind, claim.amz_date, CredentialScope(claim), previous_signature);
  if (!prefix.empty()) to_sign += fmt::format("{}\n", prefix);
  to_sign += codec::HexEncode(codec::Sha256(hashed));
  std::string expected = codec::HexEncode(codec::HmacSha256(signing_key, to_sign));
  if (!codec::ConstantTimeEquals(expected, sent)) {
    Fault fault = FaultOf(claim, FaultKind::kSignatureMismatch);
    fault.signature = sent;
    fault.string_to_sign = std::move(to_sign);
    return std::unexpected(ToAwsError(fault, ErrorFamily::kS3));
  }
  previous_signature = std::move(expected);
  return {};
}

// All bytes of a chunk are there: only now, where they are signed, may others have them.
AwsStatus ChunkedBody::Impl::EndChunk() {
  if (!Signs()) return {};
  if (AwsStatus status = CheckSignature("PAYLOAD", chunk, chunk_signature); !status) return status;
  AwsStatus written = chunk.empty() ? AwsStatus() : write(chunk);
  chunk.clear();
  return written;
}

AwsStatus ChunkedBody::Impl::FeedData(std::string_view& raw) {
  const std::string_view piece = raw.substr(0, static_cast<size_t>(std::min<uint64_t>(left, raw.size())));
  raw.remove_prefix(piece.size());
  left -= piece.size();
  decoded += piece.size();
  AwsStatus status;
  if (Signs()) {
    if (chunk.empty()) chunk.reserve(std::min<size_t>(chunk_size, 1 << 20));
    chunk += piece;
  } else {
    status = write(piece);
  }
  if (!status || left > 0) return status;
  place = Place::kDataEnd;
  return EndChunk();
}

AwsStatus ChunkedBody::Impl::FeedDataEnd(std::string_view& raw) {
  constexpr std::string_view kLineEnd = "\r\n";
  if (raw.front() != kLineEnd[data_end_seen]) return Incomplete();
  raw.remove_prefix(1);
  if (++data_end_seen < kLineEnd.size()) return {};
  data_end_seen = 0;
  place = Place::kChunkLine;
  return {};
}

AwsStatus ChunkedBody::Impl::ReadTrailerLine() {
  if (line.empty()) return EndTrailers();
  const size_t colon = line.find(':');
  const std::string name = LowerCase(Trim(std::string_view(line).substr(0, colon)));
  if (!HasTrailers() || colon == std::string::npos || name.empty() || trailers.entries().size() >= kMaxTrailers) {
    return MalformedTrailer();
  }
  const std::string_view value = Trim(std::string_view(line).substr(colon + 1));
  if (name == kTrailerSignature) {
    if (!Signs() || !trailer_signature.empty()) return MalformedTrailer();
    trailer_signature = value;
  } else {
    if (!trailer_signature.empty()) return MalformedTrailer();  // nothing follows it
    canonical_trailers += fmt::format("{}:{}\n", name, value);
    trailers.Add(name, std::string(value));
  }
  line.clear();
  return {};
}

AwsStatus ChunkedBody::Impl::EndTrailers() {
  if (decoded != decoded_length) return WrongLength();
  // What x-amz-trailer announced must have come, and nothing else.
  size_t announced = 0;
  for (const std::string_view part : Split(claim.trailer, ',')) {
    if (Trim(part).empty()) continue;
    ++announced;
    if (!trailers.Has(Trim(part))) return MalformedTrailer();
  }
  if (announced != trailers.entries().size()) return MalformedTrailer();
  place = Place::kDone;
  if (!Signs() || !HasTrailers()) return {};
  return CheckSignature("TRAILER", canonical_trailers, trailer_signature);
}

AwsStatus ChunkedBody::Impl::Feed(std::string_view& raw) {
  bool complete = false;
  switch (place) {
    case Place::kChunkLine: {
      AwsStatus status = TakeLine(raw, complete);
      return status && complete ? ReadChunkLine() : status;
    }
    case Place::kTrailers: {
      AwsStatus status = TakeLine(raw, complete);
      return status && complete ? ReadTrailerLine() : status;
    }
    case Place::kData: return FeedData(raw);
    case Place::kDataEnd: return FeedDataEnd(raw);
    case Place::kDone: return WrongLength();  // bytes behind the end
  }
  return {};
}

ChunkedBody::ChunkedBody(const Claim& claim, std::string signing_key, uint64_t decoded_length, Write write)
    : impl_(std::make_unique<Impl>()) {
  impl_->claim = claim;
  impl_->signing_key = std::move(signing_key);
  impl_->decoded_length = decoded_length;
  impl_->write = std::move(write);
  impl_->previous_signature = claim.signature;
}

ChunkedBody::~ChunkedBody() = default;

AwsStatus ChunkedBody::Feed(std::string_view raw) {
  while (!raw.empty() && impl_->failure) impl_->failure = impl_->Feed(raw);
  return impl_->failure;
}

AwsStatus ChunkedBody::End() {
  if (impl_->failure && impl_->place != Place::kDone) impl_->failure = Incomplete();
  return impl_->failure;
}

const http::Fields& ChunkedBody::trailers() const { return impl_->trailers; }

}  // namespace opentrail::sigv4
