// Backend: all that belongs to a kind of device, and must agree: the device,
// the layers and the solver's kernel that run on it, and the passes that make
// layers it has. It is made where the device is chosen (solvers/backend_cpu.h),
// and handed down as one value.

#ifndef TAMP_NET_BACKEND_H_
#define TAMP_NET_BACKEND_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "kernels/sgd_kernel.h"
#include "layers/layer_registry.h"
#include "net/passes/pass.h"

namespace tamp {

using MakeSgdKernel = absl::StatusOr<std::unique_ptr<SgdKernel>> (*)(
    const std::vector<SgdTensor<float>>&, Device&);

struct Backend {
  // Shared by all that lives on it.
  std::shared_ptr<Device> device;
  // The layers there are.
  absl::Span<const LayerRow> layers;
  // Passes to run, in order.
  std::vector<Pass> passes;
  MakeSgdKernel make_sgd = nullptr;
};

}  // namespace tamp

#endif  // TAMP_NET_BACKEND_H_
