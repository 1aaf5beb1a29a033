#pragma once

#include <memory>

#include "codec/inflate.h"

namespace opentrail::codec {

// bzip2: streams, one after the other, as pbzip2 writes them.
class Bzip2Stream final : public InflateStream {
 public:
  explicit Bzip2Stream(const InflateLimits& limits);
  ~Bzip2Stream() override;

 protected:
  Next BeginMember(std::span<const uint8_t> in) override;
  Step InflateMember(std::span<const uint8_t>& in, std::span<uint8_t>& out) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace opentrail::codec
