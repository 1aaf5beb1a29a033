#include "codec/zstd.h"

#include <new>

#include <zstd.h>
#include <zstd_errors.h>

namespace opentrail::codec {

struct ZstdStream::State {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  bool is_first = true;
  ~State() { ZSTD_freeDCtx(context); }
};

ZstdStream::ZstdStream(const InflateLimits& limits)
    : InflateStream(limits, "zstd frame"), state_(std::make_unique<State>()) {
  if (state_->context == nullptr) throw std::bad_alloc();
  ZSTD_DCtx_setParameter(state_->context, ZSTD_d_windowLogMax, kZstdWindowLogMax);
}
ZstdStream::~ZstdStream() = default;

InflateStream::Next ZstdStream::BeginMember(std::span<const uint8_t> /*in*/) {
  ZSTD_DCtx_reset(state_->context, ZSTD_reset_session_only);
  state_->is_first = IsFirstMember();
  return Next::kMember;
}

InflateStream::Step ZstdStream::InflateMember(std::span<const uint8_t>& in, std::span<uint8_t>& out) {
  ZSTD_inBuffer input{in.data(), in.size(), 0};
  ZSTD_outBuffer output{out.data(), out.size(), 0};
  const size_t result = ZSTD_decompressStream(state_->context, &output, &input);
  if (ZSTD_isError(result) != 0) {
    if (ZSTD_getErrorCode(result) == ZSTD_error_prefix_unknown && !state_->is_first) {
      SetGarbage("28 b5 2f fd");
    } else {
      SetDamaged(Consumed() + input.pos, ZSTD_getErrorName(result));
    }
    return Step::kFault;
  }
  in = in.subspan(input.pos);
  out = out.subspan(output.pos);
  return result == 0 ? Step::kMemberEnd : Step::kGoesOn;
}

}  // namespace opentrail::codec
