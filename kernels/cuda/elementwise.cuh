// Maps over the elements of strided tensors, for kernels of element-wise
// layers.

#ifndef TAMP_KERNELS_CUDA_ELEMENTWISE_CUH_
#define TAMP_KERNELS_CUDA_ELEMENTWISE_CUH_

#include <cstdint>
#include <memory>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/elementwise_kernel.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

// y = function(x...), element by element; y may be an x.
template <typename Function, typename... X>
__global__ void __launch_bounds__(kThreadsPerBlock)
    MapElements(Extents extents, Strided<float> y, Function function,
                Strided<X>... x) {
  ForEachOfGrid(extents.count(), [&](int64_t i) {
    *ElementAt(y, extents, i) = function(*ElementAt(x, extents, i)...);
  });
}

// The same for a gradient, which is written or added. REQUIRES: mode is not
// kSkip.
template <typename Function, typename... X>
__global__ void __launch_bounds__(kThreadsPerBlock)
    MapGradient(Extents extents, GradMode mode, Strided<float> dx,
                Function function, Strided<X>... x) {
  ForEachOfGrid(extents.count(), [&](int64_t i) {
    StoreGrad(mode, function(*ElementAt(x, extents, i)...),
              ElementAt(dx, extents, i));
  });
}

// Launch them, with rows as long as the strides allow.
template <typename Function, typename... X>
void LaunchMap(CudaQueue& queue, const Extents& extents,
               const Strided<float>& y, const Function& function,
               const Strided<X>&... x) {
  LaunchKernel(queue, MapElements<Function, X...>,
               GridFor(queue, extents.count()), MergedRows(extents, y, x...), y,
               function, x...);
}
template <typename Function, typename... X>
void LaunchGradient(CudaQueue& queue, const Extents& extents, GradMode mode,
                    const Strided<float>& dx, const Function& function,
                    const Strided<X>&... x) {
  if (mode == GradMode::kSkip) return;
  LaunchKernel(queue, MapGradient<Function, X...>,
               GridFor(queue, extents.count()), MergedRows(extents, dx, x...),
               mode, dx, function, x...);
}

// The kernel of an element-wise layer: y = forward(x), dx = backward(y, dy).
template <typename ForwardFunction, typename BackwardFunction>
class ElementwiseCuda : public ElementwiseKernel {
 public:
  ElementwiseCuda(const Extents& extents, const ForwardFunction& forward,
                  const BackwardFunction& backward, CudaQueue& queue)
      : extents_(extents),
        forward_(forward),
        backward_(backward),
        queue_(queue) {}

  void Forward(const ElementwiseForwardArgs<float>& args) override {
    LaunchMap(queue_, extents_, args.y, forward_, args.x);
  }
  void Backward(const ElementwiseBackwardArgs<float>& args) override {
    LaunchGradient(queue_, extents_, args.dx_mode, args.dx, backward_, args.y,
                   args.dy);
  }

 private:
  const Extents extents_;
  const ForwardFunction forward_;
  const BackwardFunction backward_;
  CudaQueue& queue_;
};

// Makes it.
template <typename ForwardFunction, typename BackwardFunction>
std::unique_ptr<ElementwiseKernel> MakeElementwiseOnCuda(
    const Extents& extents, const ForwardFunction& forward,
    const BackwardFunction& backward, CudaQueue& queue) {
  return std::make_unique<ElementwiseCuda<ForwardFunction, BackwardFunction>>(
      extents, forward, backward, queue);
}

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_ELEMENTWISE_CUH_
