// The scanner against a plain DOM: what the DOM reads, each of the scanner's kernels must read the same, whole and in
// parts; what it refuses must not bring the scanner down, and all kernels must refuse it alike.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "logs/dom_oracle.h"

namespace oracle = opentrail::logs::oracle;
using opentrail::logs::Kernel;

namespace {

const std::vector<std::string> kFields = {"eventname",
                                          "eventid",
                                          "useridentity",
                                          "useridentity.arn",
                                          "useridentity.sessioncontext.sessionissuer.username",
                                          "resources",
                                          "requestparameters",
                                          "readonly"};

[[noreturn]] void Fail(std::string_view what, const std::string& difference) {
  std::fprintf(stderr, "%s: %s\n", std::string(what).c_str(), difference.c_str());
  std::abort();
}

void CompareKernels(const oracle::Reading& first, const oracle::Reading& other) {
  if (first.fault != other.fault)
    Fail("kernels", first.fault.value_or("no fault") + " | " + other.fault.value_or("no fault"));
  oracle::Reading plain = first;
  plain.fault.reset();
  oracle::Reading compared = other;
  compared.fault.reset();
  if (std::string difference = oracle::Difference(plain, compared); !difference.empty()) Fail("kernels", difference);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  size_t part_bytes = 1 + data[0];
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  oracle::Reading scalar = oracle::ReadWithScanner(text, kFields, Kernel::kScalar);
  for (Kernel kernel : {Kernel::kSse, Kernel::kAvx2, Kernel::kAvx512}) {
    if (opentrail::logs::IsSupported(kernel)) CompareKernels(scalar, oracle::ReadWithScanner(text, kFields, kernel));
  }
  oracle::Reading parts = oracle::ReadWithScanner(text, kFields, opentrail::logs::BestKernel(), part_bytes);
  if (std::optional<oracle::Reading> dom = oracle::ReadWithDom(text, kFields)) {
    if (std::string difference = oracle::Difference(*dom, scalar); !difference.empty()) Fail("whole", difference);
    if (std::string difference = oracle::Difference(*dom, parts); !difference.empty()) Fail("parts", difference);
  }
  return 0;
}
