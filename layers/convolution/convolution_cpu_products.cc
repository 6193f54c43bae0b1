#include "layers/convolution/convolution_cpu_products.h"

#include <algorithm>

#include "core/check.h"
#include "core/cpu/gemm.h"

namespace tamp {
namespace {

// Columns of a band: as many as fit a quarter of a usual second-level cache,
// but enough for the matrix product to be efficient.
constexpr int64_t kBandElements = 256 * 1024 / sizeof(float);
constexpr int64_t kMinBandColumns = 128;

bool IsDirect(const ConvolutionOptions& o) {
  return o.kernel_h == 1 && o.kernel_w == 1 && o.stride_h == 1 &&
         o.stride_w == 1 && o.pad_h == 0 && o.pad_w == 0;
}

}  // namespace

ConvolutionProducts::ConvolutionProducts(const ConvolutionOptions& options)
    : options_(options),
      output_h_(options.output_h()),
      output_w_(options.output_w()) {
  CHECK_EQ(options.group, 1);
  const int64_t columns =
      std::max(kMinBandColumns, kBandElements / options.fan_in());
  const int64_t rows =
      std::min(output_h_, std::max<int64_t>(1, columns / output_w_));
  num_bands_ = (output_h_ + rows - 1) / rows;
  if (!IsDirect(options)) {
    scratch_elements_ = options.fan_in() * rows * output_w_;
  }
}

Range ConvolutionProducts::Band(int64_t band) const {
  return TileRange(output_h_, num_bands_, band);
}

void ConvolutionProducts::MultiplyColumns(Planes<const float> x,
                                          const ColumnProducts& products,
                                          float* scratch) const {
  const int64_t fan_in = options_.fan_in();
  for (int64_t b = 0; b < num_bands_; ++b) {
    const Range band = Band(b);
    const int64_t begin = band.begin * output_w_;
    const int64_t size = band.size() * output_w_;
    const float* columns = x.data + begin;
    int64_t columns_stride = x.channel_stride;
    if (!is_direct()) {
      ImageToColumns(options_, x, band, scratch);
      columns = scratch;
      columns_stride = size;
    }
    if (products.w != nullptr) {
      Gemm(Transpose::kNo, Transpose::kNo, options_.num_output, size, fan_in, 1,
           products.w, fan_in, columns, columns_stride, products.add ? 1 : 0,
           products.y.data + begin, products.y.channel_stride);
    }
    if (products.dw != nullptr) {
      Gemm(Transpose::kNo, Transpose::kYes, options_.num_output, fan_in, size,
           1, products.dy.data + begin, products.dy.channel_stride, columns,
           columns_stride, 1, products.dw, fan_in);
    }
  }
}

void ConvolutionProducts::MultiplyTransposed(Planes<const float> dy,
                                             const float* w, bool add,
                                             Planes<float> dx,
                                             float* scratch) const {
  const int64_t fan_in = options_.fan_in();
  if (!is_direct() && !add) {
    for (int64_t c = 0; c < options_.channels; ++c) {
      float* plane = dx.data + c * dx.channel_stride;
      std::fill(plane, plane + options_.height * options_.width, 0.0f);
    }
  }
  for (int64_t b = 0; b < num_bands_; ++b) {
    const Range band = Band(b);
    const int64_t begin = band.begin * output_w_;
    const int64_t size = band.size() * output_w_;
    const bool direct = is_direct();
    Gemm(Transpose::kYes, Transpose::kNo, fan_in, size, options_.num_output, 1,
         w, fan_in, dy.data + begin, dy.channel_stride, direct && add ? 1 : 0,
         direct ? dx.data + begin : scratch, direct ? dx.channel_stride : size);
    if (!direct) AddColumnsToImage(options_, scratch, band, dx);
  }
}

}  // namespace tamp
