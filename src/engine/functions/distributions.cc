#include <cmath>

#include "engine/functions/collections.h"
#include "engine/functions/scalar.h"

// Probability distributions: the normal one by the C library's erf, beta by its continued fraction.
namespace opentrail::engine {
namespace {

double NormalCdf(double mean, double deviation, double value) {
  if (!(deviation > 0)) ThrowInvalidArgument("standardDeviation must be > 0");
  return 0.5 * std::erfc(-(value - mean) / (deviation * M_SQRT2));
}

// The x with cdf(x) = p, by bisection of a monotonic cdf between low and high down to the last bit.
template <typename Cdf>
double Invert(Cdf cdf, double p, double low, double high) {
  for (int i = 0; i < 200; i++) {
    const double middle = low + (high - low) / 2;
    if (middle == low || middle == high) break;
    (cdf(middle) < p ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

double InverseNormalCdf(double mean, double deviation, double p) {
  if (!(p > 0 && p < 1)) ThrowInvalidArgument("p must be 0 > p > 1");
  if (!(deviation > 0)) ThrowInvalidArgument("sd must be > 0");
  constexpr double kFarthest = 40;  // deviations; beyond them no double below 1 is a probability
  return mean + deviation * Invert([](double z) { return NormalCdf(0, 1, z); }, p, -kFarthest, kFarthest);
}

// The continued fraction of the incomplete beta function, by Lentz's method.
double BetaFraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  const auto away_from_zero = [](double value) { return std::fabs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m <= 10'000; m++) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    fraction *= d * c;
    if (std::fabs(d * c - 1) < 1e-16) break;
  }
  return fraction;
}

double RegularizedBeta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * BetaFraction(a, b, x) / a;
  return 1 - front * BetaFraction(b, a, 1 - x) / b;
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
  return Invert([&](double x) { return RegularizedBeta(a, b, x); }, p, 0, 1);
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
