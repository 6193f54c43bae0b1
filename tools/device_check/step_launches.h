// What one training step of a net asks of a GPU: each kernel, library's call
// and copy, in the order of the queue. tests/nets/step_launches_test.cc holds
// the list to what a simulated device is given.
//
// Bytes are those of the tensors that a launch reads and writes, each element
// once; vectors with a number a channel, labels and workspaces count nothing.
// Multiply-adds are those of products. So both are least values.

#ifndef TAMP_TOOLS_DEVICE_CHECK_STEP_LAUNCHES_H_
#define TAMP_TOOLS_DEVICE_CHECK_STEP_LAUNCHES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "net/graph/parameter_store.h"
#include "net/planned_net.h"
#include "tools/device_check/net_convolutions.h"

namespace tamp {

struct Launch {
  enum class Kind { kKernel, kProduct, kCopy };

  Kind kind = Kind::kKernel;
  std::string layer;  // "" for what is no layer's
  std::string work;   // "load", "filter gradient"
  int64_t bytes = 0;
  int64_t multiply_adds = 0;
  // Of the factors of a product.
  DevicePrecision precision = DevicePrecision::kFp32;
};

// Of a net planned for training, on any device: a batch that was uploaded ahead
// comes in, running statistics are kept, and the parameters move, without
// clipping. An error names a layer of a type whose launches are not known here.
absl::StatusOr<std::vector<Launch>> StepLaunches(
    const PlannedNet& net, const ParameterStore& parameters,
    DevicePrecision precision);

}  // namespace tamp

#endif  // TAMP_TOOLS_DEVICE_CHECK_STEP_LAUNCHES_H_
