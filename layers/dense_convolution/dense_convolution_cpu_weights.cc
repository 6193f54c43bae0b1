#include "layers/dense_convolution/dense_convolution_cpu_weights.h"

namespace tamp {
namespace {

// weight(row, r): element of row `row` of the matrix, r = 0..reduction-1.
template <typename Weight>
void PackBlock(const RowBlocks& blocks, int64_t block, int64_t reduction,
               Weight weight, float* packed) {
  const auto [begin, height] = blocks.block(block);
  float* out = packed + begin * reduction;
  for (int64_t r = 0; r < reduction; ++r) {
    for (int64_t row = begin; row < begin + height; ++row) {
      *out++ = row < blocks.rows() ? weight(row, r) : 0;
    }
  }
}

}  // namespace

void PackForwardWeights(const DenseConvolutionPlan& plan, const float* w,
                        int64_t block, float* packed) {
  const int64_t channels = plan.options.channels, taps = plan.options.taps();
  if (plan.forward.is_direct) {
    PackBlock(
        plan.forward.blocks, block, channels * taps,
        [=](int64_t k, int64_t r) { return w[k * channels * taps + r]; },
        packed);
    return;
  }
  PackBlock(
      plan.forward.blocks, block, channels,
      [=](int64_t row, int64_t c) {
        return w[(row / taps * channels + c) * taps + row % taps];
      },
      packed);
}

void PackBackwardWeights(const DenseConvolutionPlan& plan, const float* w,
                         int64_t block, float* packed) {
  const int64_t channels = plan.options.channels, taps = plan.options.taps();
  PackBlock(
      plan.backward.blocks, block, plan.backward.num_rows,
      [=](int64_t c, int64_t r) {
        return w[(r / taps * channels + c) * taps + r % taps];
      },
      packed);
}

}  // namespace tamp
