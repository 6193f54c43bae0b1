#ifndef TAMP_LAYERS_ELTWISE_ELTWISE_CUDA_CUH_
#define TAMP_LAYERS_ELTWISE_ELTWISE_CUDA_CUH_

#include <cstdint>

#include "core/cuda/grid_loop.cuh"
#include "core/cuda/launch.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"
#include "layers/eltwise/eltwise_kernel.h"

namespace tamp {

struct EltwiseInput {
  Strided<const float> x;
  float coefficient = 1;
};

// What a launch can be handed: its arguments have a size that is fixed.
struct EltwiseInputs {
  static constexpr int kMost = 16;

  EltwiseInput inputs[kMost];
  int count = 0;
};

// All inputs of the layer. Those behind the first ones lie in memory of the
// device, where earlier launches of StoreInputs have put them.
struct EltwiseTable {
  EltwiseInputs first;
  const EltwiseInput* others;
  int count;

  // A copy: a reference would put `first` into each thread's own memory.
  __device__ EltwiseInput at(int i) const {
    return i < EltwiseInputs::kMost ? first.inputs[i]
                                    : others[i - EltwiseInputs::kMost];
  }
};

// A thread an input.
__global__ void __launch_bounds__(EltwiseInputs::kMost)
    StoreInputs(EltwiseInputs from, EltwiseInput* to) {
  const int i = threadIdx.x;
  if (i < from.count) to[i] = from.inputs[i];
}

// y of all inputs; y may be the first.
__global__ void __launch_bounds__(kThreadsPerBlock)
    CombineInputs(Extents rows, EltwiseOptions::Operation operation,
                  EltwiseTable table, Strided<float> y) {
  using Operation = EltwiseOptions::Operation;
  ForEachOfGrid(rows.count(), [&](int64_t element) {
    float result = operation == Operation::kProduct ? 1 : 0;
    for (int i = 0; i < table.count; ++i) {
      const EltwiseInput input = table.at(i);
      const float x = *ElementAt(input.x, rows, element);
      if (operation == Operation::kSum) {
        result += input.coefficient * x;
      } else if (operation == Operation::kProduct) {
        result *= x;
      } else {
        result = i == 0 || result < x ? x : result;
      }
    }
    *ElementAt(y, rows, element) = result;
  });
}

// The product of the other inputs.
__device__ inline float SlopeOfProduct(const EltwiseTable& table,
                                       const Extents& rows, int64_t element,
                                       int input) {
  float slope = 1;
  for (int i = 0; i < table.count; ++i) {
    if (i != input) slope *= *ElementAt(table.at(i).x, rows, element);
  }
  return slope;
}

// 1 where the input is the first of the largest.
__device__ inline float SlopeOfMax(const EltwiseTable& table,
                                   const Extents& rows, int64_t element,
                                   int input) {
  float largest = 0;
  int first = 0;
  for (int i = 0; i < table.count; ++i) {
    const float x = *ElementAt(table.at(i).x, rows, element);
    if (i > 0 && !(largest < x)) continue;
    largest = x;
    first = i;
  }
  return first == input ? 1 : 0;
}

// dx of one input, for kProduct and kMax.
__global__ void __launch_bounds__(kThreadsPerBlock)
    GradientOfInput(Extents rows, EltwiseOptions::Operation operation,
                    EltwiseTable table, int input, Strided<const float> dy,
                    GradMode mode, Strided<float> dx) {
  ForEachOfGrid(rows.count(), [&](int64_t element) {
    const float slope = operation == EltwiseOptions::Operation::kProduct
                            ? SlopeOfProduct(table, rows, element, input)
                            : SlopeOfMax(table, rows, element, input);
    StoreGrad(mode, slope * *ElementAt(dy, rows, element),
              ElementAt(dx, rows, element));
  });
}

// The gradient of one input, for kSum.
struct EltwiseSumGradient {
  float coefficient;
  __device__ float operator()(float dy) const { return coefficient * dy; }
};

}  // namespace tamp

#endif  // TAMP_LAYERS_ELTWISE_ELTWISE_CUDA_CUH_
