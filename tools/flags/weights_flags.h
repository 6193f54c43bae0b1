// The flags of tools that load trained weights: --weights, --allow_missing and
// --allow_other_classes.

#ifndef TAMP_TOOLS_FLAGS_WEIGHTS_FLAGS_H_
#define TAMP_TOOLS_FLAGS_WEIGHTS_FLAGS_H_

#include <string>
#include <vector>

namespace tamp {

struct WeightsFlags {
  std::vector<std::string> paths;  // as for LoadWeights
  bool allow_missing = false;
  bool allow_other_classes = false;
};

WeightsFlags WeightsFromFlags();

}  // namespace tamp

#endif  // TAMP_TOOLS_FLAGS_WEIGHTS_FLAGS_H_
