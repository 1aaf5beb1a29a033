#include "engine/functions/java_math.h"

#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace opentrail::engine {

namespace {

const double kHalfLn2 = 0.5 * std::log(2.0);

// e to the power of x >= 0: x = k ln 2 + r, and e^r by a rational function of r, whose coefficients are those of the
// Remez approximation that fdlibm publishes. ln 2 stands in two parts, so that k of them are exact.
double StrictExp(double x) {
  constexpr double kLn2High = 6.93147180369123816490e-01;
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  constexpr double kInverseLn2 = 1.44269504088896338700e+00;
  constexpr std::array<double, 5> kCoefficients = {1.66666666666666019037e-01, -2.77777777770155933842e-03,
                                                   6.61375632143793436117e-05, -1.65339022054652515390e-06,
                                                   4.13813679705723846039e-08};
  int k = 0;
  double high = x;
  double low = 0;
  if (x > kHalfLn2) {
    k = x < 3 * kHalfLn2 ? 1 : static_cast<int>(kInverseLn2 * x + 0.5);
    high = x - k * kLn2High;
    low = k * kLn2Low;
  }
  const double r = high - low;
  const double square = r * r;
  double series = 0;
  for (auto coefficient = kCoefficients.rbegin(); coefficient != kCoefficients.rend(); ++coefficient) {
    series = square * (*coefficient + series);
  }
  const double c = r - series;
  if (k == 0) return 1 - ((r * c) / (c - 2) - r);
  return std::ldexp(1 - ((low - (r * c) / (2 - c)) - high), k);
}

}  // namespace

double JavaCosh(double value) {
  const double x = std::fabs(value);
  if (!std::isfinite(x)) return x;
  constexpr double kTiny = 0x1p-55;
  if (x < kHalfLn2) {
    const double t = std::expm1(x);
    const double w = 1 + t;
    return x < kTiny ? w : 1 + (t * t) / (w + w);
  }
  constexpr double kOneSided = 22;  // from here on e^-x adds nothing
  if (x < kOneSided) {
    const double t = StrictExp(x);
    return 0.5 * t + 0.5 / t;
  }
  if (x < std::log(std::numeric_limits<double>::max())) return 0.5 * StrictExp(x);
  constexpr double kLargest = 710.4758600739439;
  if (x > kLargest) return std::numeric_limits<double>::infinity();
  const double root = StrictExp(0.5 * x);
  return 0.5 * root * root;
}

namespace {

double LogBeta(double a, double b) {
  return static_cast<double>(std::lgamma(static_cast<long double>(a)) + std::lgamma(static_cast<long double>(b)) -
                             std::lgamma(static_cast<long double>(a) + b));
}

// The n-th numerator of the fraction; its denominators are all 1.
double BetaNumerator(double a, double b, double x, int n) {
  const double m = n / 2;  // NOLINT(bugprone-integer-division): whole on purpose
  if (n % 2 == 0) return (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
  return -((a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
}

// Lentz's method.
double BetaFraction(double a, double b, double x) {
  constexpr double kEpsilon = 1e-14;
  constexpr double kTiny = 1e-50;
  constexpr int kMaxTerms = 100'000;
  const auto off_zero = [](double value) { return std::fabs(value) <= kTiny ? kTiny : value; };
  double d = 0;
  double c = 1;
  double h = 1;
  for (int n = 1; n < kMaxTerms; ++n) {
    const double numerator = BetaNumerator(a, b, x, n);
    d = 1 / off_zero(1 + numerator * d);
    c = off_zero(1 + numerator / c);
    const double delta = c * d;
    h *= delta;
    if (std::fabs(delta - 1) < kEpsilon) break;
  }
  return h;
}

}  // namespace

double RegularizedBeta(double a, double b, double x) {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  // The fraction converges quickly on one side of the mean.
  if (x > (a + 1) / (2 + b + a) && 1 - x <= (b + 1) / (2 + b + a)) return 1 - RegularizedBeta(b, a, 1 - x);
  return std::exp(a * std::log(x) + b * std::log1p(-x) - std::log(a) - LogBeta(a, b)) / BetaFraction(a, b, x);
}

namespace {

struct Point {
  double x = 0;
  double y = 0;
};

// The next step from b: by interpolation through the points known, or half of what is left where that would not help.
// `step` is the last one, `before` the one before it; both are updated.
double NextStep(const Point& a, const Point& b, const Point& c, double tolerance, double& step, double& before) {
  const double half = 0.5 * (c.x - b.x);
  double p = 0;
  double q = 0;
  const double s = b.y / a.y;
  if (a.x == c.x) {
    p = 2 * half * s;
    q = 1 - s;
  } else {
    const double u = a.y / c.y;
    const double r = b.y / c.y;
    p = s * (2 * half * u * (u - r) - (b.x - a.x) * (r - 1));
    q = (u - 1) * (r - 1) * (s - 1);
  }
  if (p > 0) {
    q = -q;
  } else {
    p = -p;
  }
  const double last = std::exchange(before, step);
  if (p >= 1.5 * half * q - std::fabs(tolerance * q) || p >= std::fabs(0.5 * last * q)) {
    before = half;
    return half;
  }
  return p / q;
}

double BrentBetween(const std::function<double(double)>& function, Point low, Point high) {
  constexpr double kAbsolute = 1e-9;
  constexpr double kRelative = 1e-14;
  constexpr int kMaxRounds = 1000;
  Point a = low;
  Point b = high;
  Point c = low;
  double step = b.x - a.x;
  double before = step;
  for (int round = 0; round < kMaxRounds; ++round) {
    if (std::fabs(c.y) < std::fabs(b.y)) {
      a = b;
      b = c;
      c = a;
    }
    const double tolerance = 2 * kRelative * std::fabs(b.x) + kAbsolute;
    const double half = 0.5 * (c.x - b.x);
    if (std::fabs(half) <= tolerance || b.y == 0) return b.x;
    if (std::fabs(before) < tolerance || std::fabs(a.y) <= std::fabs(b.y)) {
      step = before = half;
    } else {
      step = NextStep(a, b, c, tolerance, step, before);
    }
    a = b;
    b.x += std::fabs(step) > tolerance ? step : half > 0 ? tolerance : -tolerance;
    b.y = function(b.x);
    if ((b.y > 0) == (c.y > 0)) {
      c = a;
      step = before = b.x - a.x;
    }
  }
  return b.x;
}

}  // namespace

double BrentRoot(const std::function<double(double)>& function, double low, double high) {
  constexpr double kGoodEnough = 1e-15;
  const auto at = [&](double x) { return Point{x, function(x)}; };
  const Point middle = at(0.5 * (low + high));
  if (std::fabs(middle.y) <= kGoodEnough) return middle.x;
  const Point first = at(low);
  if (std::fabs(first.y) <= kGoodEnough) return first.x;
  if (middle.y * first.y < 0) return BrentBetween(function, first, middle);
  const Point last = at(high);
  if (std::fabs(last.y) <= kGoodEnough) return last.x;
  return BrentBetween(function, middle, last);
}

}  // namespace opentrail::engine
