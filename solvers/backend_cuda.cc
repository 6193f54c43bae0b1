#include "solvers/backend_cuda.h"

#include "core/cuda/cuda_device.h"
#include "core/status_macros.h"
#include "layers/cuda_layers.h"
#include "net/passes/pass.h"
#include "solvers/sgd/sgd_cuda.h"

namespace tamp {

absl::StatusOr<Backend> MakeCudaBackend(int ordinal) {
  Backend backend;
  ASSIGN_OR_RETURN(backend.device, CudaDevice::Create(ordinal));
  backend.layers = CudaLayers();
  backend.passes = PassesFor(backend.layers);
  backend.make_sgd = MakeSgdCuda;
  return backend;
}

}  // namespace tamp
