// How many threads this process should compute with, and why.

#ifndef TAMP_CORE_CPU_PROCESSORS_H_
#define TAMP_CORE_CPU_PROCESSORS_H_

#include <optional>
#include <string>

namespace tamp {

struct Processors {
  int num_online = 1;           // of the machine
  int num_allowed = 1;          // that this process may run on
  std::optional<double> quota;  // of their time: core/cpu/cpu_quota.h
};

Processors FindProcessors();

// Those of the affinity mask alone.
int NumAllowedProcessors();

// One thread for each processor that it may run on, but not more than use up
// the quota: rounded up, since with 1.5 processors two threads get 1.5 done and
// one thread gets 1 done.
int NumUsefulThreads(const Processors& processors);

// What decides it: `the machine's 2 processors`, `the control group's quota of
// 1.5 processors`.
std::string ReasonOfThreads(const Processors& processors);

}  // namespace tamp

#endif  // TAMP_CORE_CPU_PROCESSORS_H_
