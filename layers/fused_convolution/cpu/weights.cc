#include "layers/fused_convolution/cpu/weights.h"

#include <cstring>

#include "kernels/bf16.h"
#include "kernels/product_precision.h"

namespace tamp {
namespace {

// A word of two numbers, as it would be loaded.
float Pair(float first, float second) {
  const uint16_t halves[2] = {ToBf16(first), ToBf16(second)};
  float word;
  std::memcpy(&word, halves, sizeof(word));
  return word;
}

// weight(row, r, i): number i of the word that row `row` of the matrix has at
// r = 0..reduction-1.
template <typename Weight>
void PackBlock(const RowBlocks& blocks, int64_t block, int64_t reduction,
               int64_t values_per_word, Weight weight, float* packed) {
  const auto [begin, height] = blocks.block(block);
  float* out = packed + begin * reduction;
  for (int64_t r = 0; r < reduction; ++r) {
    for (int64_t row = begin; row < begin + height; ++row, ++out) {
      if (row >= blocks.rows()) {
        *out = 0;
      } else if (values_per_word == 1) {
        *out = weight(row, r, 0);
      } else {
        *out = Pair(weight(row, r, 0), weight(row, r, 1));
      }
    }
  }
}

// The weight, scaled and rounded where it must be, with zeros behind the last
// output and the last channel.
class PaddedWeight {
 public:
  PaddedWeight(const FusedConvolutionOptions& o, const float* w,
               const double* scales)
      : rounds_(o.precision == ProductPrecision::kBf16),
        num_output_(o.num_output),
        channels_(o.channels),
        taps_(o.taps()),
        w_(w),
        scales_(scales) {}

  float at(int64_t k, int64_t c, int64_t tap) const {
    if (k >= num_output_ || c >= channels_) return 0;
    float weight = w_[(k * channels_ + c) * taps_ + tap];
    if (scales_) weight = static_cast<float>(scales_[k] * weight);
    return rounds_ ? RoundToBf16(weight) : weight;
  }

 private:
  const bool rounds_;
  const int64_t num_output_, channels_, taps_;
  const float* const w_;
  const double* const scales_;
};

}  // namespace

void PackForwardWeights(const FusedConvolutionPlan& plan, const float* w,
                        const double* scales, int64_t block, float* packed) {
  const ForwardPlan& forward = plan.forward;
  const PaddedWeight weight(plan.options, w, scales);
  const int64_t taps = plan.options.taps();
  const int64_t values = ValuesPerWord(plan.options);
  if (forward.is_direct) {
    PackBlock(
        forward.blocks, block, forward.num_rows * taps, values,
        [=](int64_t k, int64_t r, int64_t i) {
          return weight.at(k, r / taps * values + i, r % taps);
        },
        packed);
    return;
  }
  PackBlock(
      forward.blocks, block, forward.num_rows, values,
      [=](int64_t row, int64_t r, int64_t i) {
        return weight.at(row / taps, r * values + i, row % taps);
      },
      packed);
}

void PackBackwardWeights(const FusedConvolutionPlan& plan, const float* w,
                         int64_t block, float* packed) {
  const PaddedWeight weight(plan.options, w, nullptr);
  const int64_t taps = plan.options.taps();
  const int64_t values = ValuesPerWord(plan.options);
  PackBlock(
      plan.backward.blocks, block, plan.backward.word_rows, values,
      [=](int64_t c, int64_t r, int64_t i) {
        return weight.at(r / taps * values + i, c, r % taps);
      },
      packed);
}

}  // namespace tamp
