// The data tops of a net: the values that come from outside, made by layers
// without bottoms.

#ifndef TAMP_TOOLS_RUNS_DATA_TOPS_H_
#define TAMP_TOOLS_RUNS_DATA_TOPS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/device/device.h"
#include "layers/tensor.h"
#include "net/net.h"

namespace tamp {

struct DataTop {
  std::string name;
  View view;
  // Where the top holds class numbers for a loss or an accuracy: how many
  // classes there are. Otherwise 0.
  int64_t num_classes = 0;
  // Allowed besides.
  std::optional<int64_t> ignored_label;
};

// In the net's order.
std::vector<DataTop> FindDataTops(Net* net);

// Numbers for the tops as real data would have them: class numbers uniformly,
// everything else normal with mean 0 and variance 1. A function of the seed and
// the tops' names alone.
class RandomData {
 public:
  RandomData(std::vector<DataTop> tops, uint64_t seed);

  // Copies the same numbers into the tops each time.
  void Fill(Device* device) const;

 private:
  std::vector<DataTop> tops_;
  std::vector<std::vector<float>> elements_;  // of each top
};

}  // namespace tamp

#endif  // TAMP_TOOLS_RUNS_DATA_TOPS_H_
