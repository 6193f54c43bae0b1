#include "solvers/backend_cpu.h"

#include <memory>

#include "core/cpu/cpu_device.h"
#include "layers/cpu_layers.h"
#include "net/passes/pass.h"
#include "solvers/sgd/sgd_cpu.h"

namespace tamp {

Backend MakeCpuBackend(int num_threads) {
  Backend backend;
  backend.device = std::make_shared<CpuDevice>(num_threads);
  backend.layers = CpuLayers();
  backend.passes = PassesFor(backend.layers);
  backend.make_sgd = MakeSgdCpu;
  return backend;
}

}  // namespace tamp
