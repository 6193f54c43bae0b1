#include "tests/util/devices/cuda_available.h"

#include "core/check.h"
#include "solvers/backend_cuda.h"
#include "tests/util/devices/cuda_orders.h"

namespace tamp {
namespace {

Backend MakeFirstGpu(int /*num_threads*/) {
  auto backend = MakeCudaBackend(0);
  CHECK(backend.ok()) << backend.status();
  return *std::move(backend);
}

}  // namespace

std::vector<AvailableDevice> AvailableCudaDevices() {
  if (!MakeCudaBackend(0).ok()) return {};
  return {{"cuda", MakeFirstGpu, IsCudaSimulated()}};
}

}  // namespace tamp
