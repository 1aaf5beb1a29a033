#pragma once

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstdint>

namespace opentrail {

// kBackground yields the processors to whatever else wants them: work that no caller waits for.
enum class Urgency : uint8_t { kForeground, kBackground };

// Names the calling thread as `top -H` and the like show it (at most 15 characters), and says how urgent it is. Where
// the kernel refuses, all stays as it was.
inline void DescribeThread(const char* name, Urgency urgency = Urgency::kForeground) {
  constexpr int kBackgroundNice = 5;
  prctl(PR_SET_NAME, name);
  // Linux keeps the nice value for each thread: setpriority(2), "C library/kernel differences".
  if (urgency == Urgency::kBackground) setpriority(PRIO_PROCESS, 0, kBackgroundNice);
}

}  // namespace opentrail
