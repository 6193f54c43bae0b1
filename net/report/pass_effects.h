// What each pass makes of a net: the net planned without passes, then with one
// more at a time. Planning alone, so it is cheap.

#ifndef TAMP_NET_REPORT_PASS_EFFECTS_H_
#define TAMP_NET_REPORT_PASS_EFFECTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "net/planned_net.h"
#include "proto/net.pb.h"

namespace tamp {

// The graph after a pass, and all those before it.
struct PassEffect {
  std::string pass;  // empty: before the first
  int rewrites = 0;
  // Layers that work, by type.
  std::map<std::string, int> layers;
  int64_t multiply_adds = 0;  // of one forward
  int64_t arena_bytes = 0;    // of the memory plan
};

// One effect more than there are passes. The options' memory budget and
// parameters do not matter. Errors are those of PlanNet.
absl::StatusOr<std::vector<PassEffect>> FindPassEffects(
    const NetParameter& parameter, const NetOptions& options);

// What a pass changed in the number of layers: "-119 ReLU, +58 Convolution", by
// type.
std::string DescribeChanges(const PassEffect& before, const PassEffect& after);

}  // namespace tamp

#endif  // TAMP_NET_REPORT_PASS_EFFECTS_H_
