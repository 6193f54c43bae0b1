// Times a net: whole steps, and each layer on its own.

#ifndef TAMP_TOOLS_RUNS_NET_TIMING_H_
#define TAMP_TOOLS_RUNS_NET_TIMING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "net/backend.h"
#include "net/net.h"

namespace tamp {

// Of several measurements, in milliseconds.
struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
};

// REQUIRES: there is a measurement. Of an even number, the median is the mean
// of the two in the middle.
Spread SpreadOf(std::vector<double> measurements);

struct LayerTiming {
  std::string name;
  std::string type;
  double forward_ms = 0;  // medians
  double backward_ms = 0;
  // Of the whole batch, in multiply-adds. Backward counts one forward for the
  // gradient of the inputs and one for that of the parameters, where the layer
  // makes them.
  int64_t forward_multiply_adds = 0;
  int64_t backward_multiply_adds = 0;
};

struct NetTiming {
  Spread forward;
  // In the TRAIN phase: the gradients of all parameters, the solver's update,
  // and the three together.
  Spread backward;
  Spread update;
  Spread step;
  std::vector<LayerTiming> layers;
  int64_t forward_multiply_adds = 0;
  int64_t backward_multiply_adds = 0;
  // Of the solver's history.
  int64_t solver_bytes = 0;
};

struct TimingOptions {
  int iterations = 10;  // at least 1
  int warmup = 2;       // iterations that are not measured
  uint64_t seed = 1;    // of the data
};

// The net's data tops are filled before each iteration, which is not timed.
// Whole steps and layers are timed in different iterations, so that reading the
// clock at each layer does not disturb the steps. The update is SGD's with
// momentum and a learning rate of 0: weights stay as they are. Errors: no
// memory for the solver's history, and those of the device.
absl::StatusOr<NetTiming> TimeNet(const TimingOptions& options,
                                  const Backend& backend, Net* net);

}  // namespace tamp

#endif  // TAMP_TOOLS_RUNS_NET_TIMING_H_
