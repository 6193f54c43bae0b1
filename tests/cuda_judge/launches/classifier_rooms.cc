// What is behind the last maps.

#include "kernels/grad_mode.h"
#include "layers/inner_product/inner_product_cuda_bias.h"
#include "tests/cuda_judge/launches/rooms.h"

namespace tamp {
namespace cuda_judge {

// The products are the library's.
void LaunchInnerProduct(JudgedGpu& gpu) {
  float* y = gpu.Floats(kBatchSize * kNumClasses);
  float* bias = gpu.Floats(kNumClasses);
  SetRowsToBias(gpu.queue(), bias, kBatchSize, kNumClasses, y, kNumClasses);
  SumRows(gpu.queue(), y, kBatchSize, kNumClasses, kNumClasses, GradMode::kAdd,
          bias);
}

}  // namespace cuda_judge
}  // namespace tamp
