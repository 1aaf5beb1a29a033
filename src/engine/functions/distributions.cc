#include <cmath>

#include <boost/math/special_functions/erf.hpp>

#include "engine/functions/collections.h"
#include "engine/functions/java_math.h"
#include "engine/functions/scalar.h"

// Probability distributions, by the C library's erf and Boost's inverse of it.
namespace opentrail::engine {
namespace {

// What has no value is NaN or infinite, never an exception; doubles are computed as doubles, as in Java.
using Quiet =
    boost::math::policies::policy<boost::math::policies::domain_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::pole_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
                                  boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;

double NormalCdf(double mean, double deviation, double value) {
  if (!(deviation > 0)) ThrowInvalidArgument("standardDeviation must be > 0");
  return 0.5 * (1 + std::erf((value - mean) / (deviation * M_SQRT2)));
}

double InverseNormalCdf(double mean, double deviation, double p) {
  if (!(p > 0 && p < 1)) ThrowInvalidArgument("p must be 0 > p > 1");
  if (!(deviation > 0)) ThrowInvalidArgument("sd must be > 0");
  return mean + deviation * M_SQRT2 * boost::math::erf_inv(2 * p - 1, Quiet());
}

double BetaCdf(double a, double b, double value) {
  if (!(value >= 0 && value <= 1)) ThrowInvalidArgument("value must be 0 >= v >= 1");
  if (!(a > 0 && b > 0)) ThrowInvalidArgument("a, b must be > 0");
  return RegularizedBeta(a, b, value);
}

double InverseBetaCdf(double a, double b, double p) {
  if (!(p >= 0 && p <= 1)) ThrowInvalidArgument("p must be 0 >= p >= 1");
  if (!(a > 0 && b > 0)) ThrowInvalidArgument("a, b must be > 0");
  if (p == 0 || p == 1) return p;
  return BrentRoot([&](double x) { return RegularizedBeta(a, b, x) - p; }, 0, 1);
}

enum class Bound : uint8_t { kLower, kUpper };

double WilsonInterval(int64_t successes, int64_t trials, double z, Bound bound) {
  if (successes < 0) ThrowInvalidArgument("number of successes must not be negative");
  if (trials <= 0) ThrowInvalidArgument("number of trials must be positive");
  if (successes > trials) ThrowInvalidArgument("number of successes must not be larger than number of trials");
  if (z < 0) ThrowInvalidArgument("z-score must not be negative");
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(successes) / n;
  const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double center = p + z * z / (2 * n);
  return (bound == Bound::kLower ? center - half : center + half) / (1 + z * z / n);
}

}  // namespace

void RegisterDistributions(duckdb::DatabaseInstance& database) {
  const auto add = [&](const char* name, double (*function)(double, double, double)) {
    RegisterScalar(database, name, [function](double a, double b, double c) { return function(a, b, c); });
  };
  add("trino_normal_cdf", NormalCdf);
  add("trino_inverse_normal_cdf", InverseNormalCdf);
  add("trino_beta_cdf", BetaCdf);
  add("trino_inverse_beta_cdf", InverseBetaCdf);
  RegisterScalar(database, "trino_wilson_interval_lower", [](int64_t successes, int64_t trials, double z) {
    return WilsonInterval(successes, trials, z, Bound::kLower);
  });
  RegisterScalar(database, "trino_wilson_interval_upper", [](int64_t successes, int64_t trials, double z) {
    return WilsonInterval(successes, trials, z, Bound::kUpper);
  });
}

}  // namespace opentrail::engine
