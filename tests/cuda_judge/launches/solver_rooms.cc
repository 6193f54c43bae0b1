// What a step does to parameters.

#include <vector>

#include "core/check.h"
#include "kernels/sgd_kernel.h"
#include "solvers/sgd/sgd_cuda.h"
#include "tests/cuda_judge/launches/rooms.h"

namespace tamp {
namespace cuda_judge {

// As many as those of DenseNet-121, 8 million, most of them in one.
void LaunchSgd(JudgedGpu& gpu) {
  std::vector<SgdTensor<float>> tensors;
  for (const int64_t size : {int64_t{8} << 20, int64_t{64}, int64_t{12}}) {
    tensors.push_back(
        {gpu.Floats(size), gpu.Floats(size), gpu.Floats(size), size});
  }
  auto kernel = MakeSgdCuda(tensors, gpu.device());
  CHECK(kernel.ok()) << kernel.status();
  (*kernel)->GradientSquares();
  (*kernel)->Update({});
}

}  // namespace cuda_judge
}  // namespace tamp
