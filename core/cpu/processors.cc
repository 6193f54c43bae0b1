#include "core/cpu/processors.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/cpu/cpu_quota.h"

namespace tamp {
namespace {

bool QuotaDecides(const Processors& processors) {
  return processors.quota && *processors.quota < processors.num_allowed;
}

std::string Count(int count) {
  return absl::StrCat(count, count == 1 ? " processor" : " processors");
}

}  // namespace

// cpu_set_t ends at 1,024 processors; the kernel refuses a set that is too
// small for the machine.
int NumAllowedProcessors() {
  for (int sets = 1; sets <= 1024; sets *= 2) {
    std::vector<cpu_set_t> allowed(sets);
    const size_t bytes = sets * sizeof(cpu_set_t);
    if (sched_getaffinity(0, bytes, allowed.data()) == 0) {
      return std::max(1, CPU_COUNT_S(bytes, allowed.data()));
    }
    if (errno != EINVAL) break;
  }
  return 1;
}

Processors FindProcessors() {
  Processors processors;
  processors.num_allowed = NumAllowedProcessors();
  processors.num_online = std::max(
      processors.num_allowed, static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)));
  processors.quota = ReadCpuQuota("");
  return processors;
}

int NumUsefulThreads(const Processors& processors) {
  if (!QuotaDecides(processors)) return processors.num_allowed;
  return std::max(1, static_cast<int>(std::ceil(*processors.quota)));
}

std::string ReasonOfThreads(const Processors& processors) {
  if (QuotaDecides(processors)) {
    return absl::StrFormat("the control group's quota of %.3g processor%s",
                           *processors.quota,
                           *processors.quota == 1 ? "" : "s");
  }
  if (processors.num_allowed < processors.num_online) {
    return absl::StrCat("this process may run on ", processors.num_allowed,
                        " of the machine's ", Count(processors.num_online));
  }
  return absl::StrCat("the machine's ", Count(processors.num_online));
}

}  // namespace tamp
