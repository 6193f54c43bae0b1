// The matrix d of a panel, made of the gradient of y: one row an output for
// 1x1, and for 3x3 nine rows an output, shifted against the taps:
//
//   d[k][t][p] = dY[k][p - shift of t]         0 where that is outside
//
// With d both gradients are plain products on the pixels of x. Where words are
// of bfloat16, such a row is of two outputs.

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_LAYERS_FUSED_CONVOLUTION_CPU_OUTPUT_GRADIENT_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_OUTPUT_GRADIENT_H_
#undef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_OUTPUT_GRADIENT_H_
#else
#define TAMP_LAYERS_FUSED_CONVOLUTION_CPU_OUTPUT_GRADIENT_H_
#endif

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "kernels/cpu/dropout_factors.h"
#include "kernels/fused_norm.h"
#include "layers/fused_convolution/cpu/pack.h"
#include "layers/fused_convolution/cpu/plan.h"
#include "layers/fused_convolution/cpu/tile.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

// Places for a panel's row of dY.
struct OutputGradientScratch {
  float* factors;  // when the layer drops
  float* values;   // two rows, where words are pairs
  int64_t values_stride;
};

template <class Words>
class OutputGradient {
 public:
  OutputGradient(const FusedConvolutionOptions& options,
                 const FusedConvolutionBackwardArgs<float>& args,
                 const FinishingTerms<const float>& finishing,
                 const OutputGradientScratch& scratch)
      : o_(options), args_(args), finishing_(finishing), scratch_(scratch) {}

  // Row r of a 1x1 convolution.
  void LoadRow(const Panel& panel, int64_t r, float* row) const {
    const int64_t width = o_.output_w(), count = panel.num_rows * width;
    for (int64_t n = 0; n < panel.num_images; ++n) {
      LoadWords(panel.image + n, r, panel.row * width, count, row + n * count);
    }
    ClearTail(panel.num_images * count, row);
  }

  // The nine rows, row_stride apart, that begin with row 9 r of a 3x3
  // convolution; shifted has room for three planes.
  void LoadShiftedRows(const Panel& panel, int64_t r, int64_t row_stride,
                       int64_t plane, float* shifted, float* rows) const {
    const int64_t width = o_.width, count = panel.num_rows * width;
    for (int64_t n = 0; n < panel.num_images; ++n) {
      LoadWithMargins(panel, panel.image + n, r, shifted + plane);
      ShiftColumns(panel.num_rows + 2, plane, shifted);
      for (int64_t t = 0; t < 9; ++t) {
        std::memcpy(rows + t * row_stride + n * count,
                    shifted + (2 - t % 3) * plane + (2 - t / 3) * width,
                    count * sizeof(float));
      }
    }
    for (int64_t t = 0; t < 9; ++t) {
      ClearTail(panel.num_images * count, rows + t * row_stride);
    }
  }

 private:
  // Words r of dY of an image, pixels begin..begin+count-1.
  void LoadWords(int64_t image, int64_t r, int64_t begin, int64_t count,
                 float* to) const {
    if constexpr (Words::kValues == 1) {
      LoadOutput(image, r, begin, count, to);
      RoundRow<Words>(count, to);
    } else {
      float* const first = scratch_.values;
      float* const second = first + scratch_.values_stride;
      LoadOutput(image, 2 * r, begin, count, first);
      if (2 * r + 1 < o_.num_output) {
        LoadOutput(image, 2 * r + 1, begin, count, second);
      } else {
        std::fill(second, second + count, 0.0f);
      }
      PairRows<Words>(first, second, count, to);
    }
  }

  // Output k likewise, as floats.
  void LoadOutput(int64_t image, int64_t k, int64_t begin, int64_t count,
                  float* to) const {
    const float* g = args_.g.at(image, k) + begin;
    if (finishing_.p == nullptr) {
      std::memcpy(to, g, count * sizeof(float));
    } else {
      const float* y = args_.y.at(image, k) + begin;
      const float p = finishing_.p[k], q = finishing_.q[k], r = finishing_.r[k];
      for (int64_t i = 0; i < count; ++i) to[i] = p * g[i] + (q * y[i] + r);
    }
    if (!o_.drops) return;
    DropoutFactors(args_.dropout,
                   (image * o_.num_output + k) * o_.output_size() + begin,
                   count, scratch_.factors);
    for (int64_t i = 0; i < count; ++i) to[i] *= scratch_.factors[i];
  }

  static void ClearTail(int64_t count, float* row) {
    std::fill(row + count, row + RoundUp(count, kTilePixels), 0.0f);
  }

  // The panel's rows of an image and one above and below.
  void LoadWithMargins(const Panel& panel, int64_t image, int64_t r,
                       float* to) const {
    const int64_t width = o_.width;
    const int64_t first = std::max<int64_t>(panel.row - 1, 0);
    const int64_t last = std::min(panel.row + panel.num_rows + 1, o_.height);
    float* begin = to + (first - (panel.row - 1)) * width;
    float* end = begin + (last - first) * width;
    std::fill(to, begin, 0.0f);
    LoadWords(image, r, first * width, (last - first) * width, begin);
    std::fill(end, to + (panel.num_rows + 2) * width, 0.0f);
  }

  // From the middle plane to one moved right and one moved left by a column.
  void ShiftColumns(int64_t num_rows, int64_t plane, float* shifted) const {
    const int64_t width = o_.width, count = num_rows * width;
    const float* middle = shifted + plane;
    float* right = shifted;
    float* left = shifted + 2 * plane;
    std::memcpy(right + 1, middle, (count - 1) * sizeof(float));
    std::memcpy(left, middle + 1, (count - 1) * sizeof(float));
    for (int64_t i = 0; i < count; i += width) {
      right[i] = 0;
      left[i + width - 1] = 0;
    }
  }

  const FusedConvolutionOptions& o_;
  const FusedConvolutionBackwardArgs<float>& args_;
  const FinishingTerms<const float> finishing_;  // null where g is finished
  const OutputGradientScratch scratch_;
};

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CPU_OUTPUT_GRADIENT_H_
