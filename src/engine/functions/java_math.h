#pragma once

#include <functional>

// Where the last digits of a result come from the way in which Java computes it. Pure; thread-safe.
namespace opentrail::engine {

// StrictMath.cosh: over an exponential of its own, which may differ from the C library's in the last digit.
[[nodiscard]] double JavaCosh(double value);

// The regularised incomplete beta function, for a, b > 0 and 0 <= x <= 1, as Apache Commons Math computes it: by a
// continued fraction.
[[nodiscard]] double RegularizedBeta(double a, double b, double x);

// Where the function crosses zero between low and high, to 1e-9, as Apache Commons Math looks for it: by Brent's
// method, from the middle on. The function is of different sign at the two ends, or zero at one.
[[nodiscard]] double BrentRoot(const std::function<double(double)>& function, double low, double high);

}  // namespace opentrail::engine
