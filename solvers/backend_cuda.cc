#include "solvers/backend_cuda.h"

#include <memory>
#include <utility>

#include "core/cuda/cuda_device.h"
#include "core/status_macros.h"
#include "layers/cuda_layers.h"
#include "net/passes/pass.h"
#include "solvers/sgd/sgd_cuda.h"

namespace tamp {

namespace {

Backend BackendOn(std::shared_ptr<CudaDevice> device) {
  Backend backend;
  backend.device = std::move(device);
  backend.layers = CudaLayers();
  backend.passes = PassesFor(backend.layers);
  backend.make_sgd = MakeSgdCuda;
  return backend;
}

}  // namespace

absl::StatusOr<Backend> MakeCudaBackend(int ordinal) {
  ASSIGN_OR_RETURN(std::shared_ptr<CudaDevice> device,
                   CudaDevice::Create(ordinal));
  return BackendOn(std::move(device));
}

absl::StatusOr<Backend> DescribeCudaBackend(
    const CudaDeviceDescription& description) {
  ASSIGN_OR_RETURN(std::shared_ptr<CudaDevice> device,
                   CudaDevice::Describe(description));
  return BackendOn(std::move(device));
}

}  // namespace tamp
