#include <algorithm>
#include <memory>

#include "core/cuda/launch.h"
#include "kernels/cuda/elementwise.cuh"
#include "layers/eltwise/eltwise_cuda.cuh"
#include "layers/eltwise/eltwise_cuda.h"

namespace tamp {
namespace {

constexpr int kMostPerLaunch = EltwiseInputs::kMost;
constexpr int kMostInputs = kMostPerLaunch + ReductionScratch::kNumPartials *
                                                 int64_t{sizeof(double)} /
                                                 sizeof(EltwiseInput);

class EltwiseCuda : public EltwiseKernel {
 public:
  EltwiseCuda(const EltwiseOptions& options, CudaQueue& queue)
      : options_(options), queue_(queue) {}

  void Forward(const EltwiseForwardArgs<float>& args) override {
    if (HasTooManyInputs()) return;
    const Extents rows = Rows(args.x, args.y, args.y);
    LaunchKernel(queue_, CombineInputs, GridFor(queue_, rows.count()), rows,
                 options_.operation, MakeTable(args.x), args.y);
  }

  void Backward(const EltwiseBackwardArgs<float>& args) override {
    if (options_.operation == EltwiseOptions::Operation::kSum) {
      LaunchGradient(queue_, options_.extents, args.dx_mode, args.dx,
                     EltwiseSumGradient{options_.coefficients[args.input]},
                     args.dy);
      return;
    }
    if (args.dx_mode == GradMode::kSkip || HasTooManyInputs()) return;
    const Extents rows = Rows(args.x, args.dy, args.dx);
    LaunchKernel(queue_, GradientOfInput, GridFor(queue_, rows.count()), rows,
                 options_.operation, MakeTable(args.x), args.input, args.dy,
                 args.dx_mode, args.dx);
  }

 private:
  bool HasTooManyInputs() {
    if (options_.num_inputs() <= kMostInputs) return false;
    queue_.Fail("too many inputs", "Eltwise", __FILE__, __LINE__);
    return true;
  }

  // Rows as long as the strides of all tensors allow.
  Extents Rows(const Strided<const float>* x, const Strided<const float>& a,
               const Strided<const float>& b) const {
    for (int i = 0; i < options_.num_inputs(); ++i) {
      if (x[i].channel_stride != options_.extents.spatial) {
        return options_.extents;
      }
    }
    return MergedRows(options_.extents, a, b);
  }

  // Up to as many inputs as a launch can be handed, from number `begin` on.
  EltwiseInputs InputsFrom(int begin, const Strided<const float>* x) const {
    EltwiseInputs inputs;
    inputs.count = std::min(kMostPerLaunch, options_.num_inputs() - begin);
    for (int i = 0; i < inputs.count; ++i) {
      inputs.inputs[i] = {x[begin + i], options_.coefficients[begin + i]};
    }
    return inputs;
  }

  // Queues what the table needs, too.
  EltwiseTable MakeTable(const Strided<const float>* x) {
    auto* others = reinterpret_cast<EltwiseInput*>(queue_.scratch().partials);
    for (int i = kMostPerLaunch; i < options_.num_inputs();
         i += kMostPerLaunch) {
      LaunchKernel(queue_, StoreInputs, GridSize(1, kMostPerLaunch),
                   InputsFrom(i, x), others + i - kMostPerLaunch);
    }
    return {InputsFrom(0, x), others, options_.num_inputs()};
  }

  const EltwiseOptions options_;
  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<EltwiseKernel> MakeEltwiseCuda(const EltwiseOptions& options,
                                               CudaQueue& queue) {
  return std::make_unique<EltwiseCuda>(options, queue);
}

}  // namespace tamp
