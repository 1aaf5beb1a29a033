#include "codec/zstd.h"

#include <new>

#include <zstd.h>
#include <zstd_errors.h>

namespace opentrail::codec {
namespace {

class ZstdStream final : public InflateStream {
 public:
  explicit ZstdStream(const InflateLimits& limits) : InflateStream(limits, "zstd frame") {
    if (context_ == nullptr) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kZstdWindowLogMax);
  }
  ~ZstdStream() override { ZSTD_freeDCtx(context_); }

 protected:
  Next BeginMember(std::span<const uint8_t> /*in*/) override {
    ZSTD_DCtx_reset(context_, ZSTD_reset_session_only);
    is_first_ = IsFirstMember();
    return Next::kMember;
  }
  Step InflateMember(std::span<const uint8_t>& in, std::span<uint8_t>& out) override;

 private:
  ZSTD_DCtx* const context_ = ZSTD_createDCtx();
  bool is_first_ = true;
};

InflateStream::Step ZstdStream::InflateMember(std::span<const uint8_t>& in, std::span<uint8_t>& out) {
  ZSTD_inBuffer input{in.data(), in.size(), 0};
  ZSTD_outBuffer output{out.data(), out.size(), 0};
  const size_t result = ZSTD_decompressStream(context_, &output, &input);
  if (ZSTD_isError(result) != 0) {
    if (ZSTD_getErrorCode(result) == ZSTD_error_prefix_unknown && !is_first_) {
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

}  // namespace

std::unique_ptr<InflateStream> NewZstdStream(const InflateLimits& limits) {
  return std::make_unique<ZstdStream>(limits);
}

}  // namespace opentrail::codec
