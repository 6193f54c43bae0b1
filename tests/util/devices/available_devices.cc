#include "tests/util/devices/available_devices.h"

#include <memory>
#include <utility>

#include "net/passes/pass.h"
#include "solvers/backend_cpu.h"
#include "solvers/sgd/sgd_cpu.h"
#include "tests/util/devices/cuda_available.h"
#include "tests/util/devices/host_device.h"
#include "tests/util/devices/host_kernels.h"
#include "tests/util/devices/host_layers.h"

namespace tamp {
namespace {

Backend MakeHostBackend(int num_threads) {
  Backend backend;
  backend.device = std::make_shared<HostDevice>(num_threads);
  backend.layers = HostLayers();
  backend.passes = PassesFor(backend.layers);
  backend.make_sgd = MakeOnHost<HostSgd, MakeSgdCpu>;
  return backend;
}

}  // namespace

std::vector<AvailableDevice> AvailableDevices() {
  std::vector<AvailableDevice> devices = {{"cpu", MakeCpuBackend},
                                          {"host", MakeHostBackend}};
  for (AvailableDevice& device : AvailableCudaDevices()) {
    devices.push_back(std::move(device));
  }
  return devices;
}

}  // namespace tamp
