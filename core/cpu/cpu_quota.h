// The processors' time that control groups leave to this process: a container
// with `--cpus=1.5`, a unit of systemd with CPUQuota=150%.

#ifndef TAMP_CORE_CPU_CPU_QUOTA_H_
#define TAMP_CORE_CPU_CPU_QUOTA_H_

#include <optional>
#include <string>

namespace tamp {

// The smallest quota of this process's control group and the groups around it,
// of versions 1 and 2, in processors; none where nothing limits it. Reads
// <root>/proc/self/cgroup and <root>/proc/self/mountinfo, and what they name
// below <root>: "" for the machine itself. What cannot be read limits nothing.
std::optional<double> ReadCpuQuota(const std::string& root);

}  // namespace tamp

#endif  // TAMP_CORE_CPU_CPU_QUOTA_H_
