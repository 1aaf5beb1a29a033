#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "http/message.h"
#include "sigv4/signature.h"

namespace opentrail::sigv4 {

// Takes an aws-chunked body apart (Content-Encoding: aws-chunked), piece by piece, checking each chunk's signature
// before its bytes are passed on where the claim has signed chunks, and the trailer's.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html . Not thread-safe.
class ChunkedBody {
 public:
  static constexpr size_t kMaxChunkBytes = 16 * 1024 * 1024;
  static constexpr size_t kMaxLineBytes = 8 * 1024;

  using Write = std::move_only_function<AwsStatus(std::string_view)>;

  // signing_key as of SigningKey(); unused with unsigned chunks. decoded_length as X-Amz-Decoded-Content-Length says.
  ChunkedBody(const Claim& claim, std::string signing_key, uint64_t decoded_length, Write write);
  ~ChunkedBody();

  // The next raw bytes. IncompleteBody, SignatureDoesNotMatch, InvalidRequest as S3 words them.
  AwsStatus Feed(std::string_view raw);
  // The raw body has ended: all chunks and trailers were there and the length is as promised.
  AwsStatus End();
  [[nodiscard]] const http::Fields& trailers() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace opentrail::sigv4
