#include "layers/convolution/columns.h"

#include <algorithm>

namespace tamp {
namespace {

// Of output columns 0..count-1, those whose input column
// j * stride + offset lies within 0..width-1.
Range InsideColumns(int64_t count, int64_t stride, int64_t offset,
                    int64_t width) {
  const int64_t first = offset < 0 ? (-offset + stride - 1) / stride : 0;
  const int64_t limit = offset < width ? (width - offset - 1) / stride + 1 : 0;
  const int64_t begin = std::min(first, count);
  return {begin, std::max(begin, std::min(limit, count))};
}

void GatherRow(const float* x, int64_t offset, int64_t stride, Range inside,
               int64_t count, float* row) {
  std::fill(row, row + inside.begin, 0.0f);
  if (stride == 1) {
    std::copy(x + inside.begin + offset, x + inside.end + offset,
              row + inside.begin);
  } else {
    for (int64_t j = inside.begin; j < inside.end; ++j) {
      row[j] = x[j * stride + offset];
    }
  }
  std::fill(row + inside.end, row + count, 0.0f);
}

void ScatterRow(const float* row, int64_t offset, int64_t stride, Range inside,
                float* x) {
  if (stride == 1) {
    float* shifted = x + offset;
    for (int64_t j = inside.begin; j < inside.end; ++j) shifted[j] += row[j];
  } else {
    for (int64_t j = inside.begin; j < inside.end; ++j) {
      x[j * stride + offset] += row[j];
    }
  }
}

// Calls visit(channel, input row, column offset, inside, index of the first
// element of the columns) for each row of output of each row of the matrix; the
// input row may lie outside of the map.
template <typename Visit>
void ForEachRow(const ConvolutionOptions& o, Range band, Visit visit) {
  const int64_t output_w = o.output_w();
  int64_t index = 0;
  for (int64_t c = 0; c < o.channels; ++c) {
    for (int64_t u = 0; u < o.kernel_h; ++u) {
      for (int64_t v = 0; v < o.kernel_w; ++v) {
        const int64_t offset = v * o.dilation_w - o.pad_w;
        const Range inside =
            InsideColumns(output_w, o.stride_w, offset, o.width);
        for (int64_t i = band.begin; i < band.end; ++i, index += output_w) {
          visit(c, i * o.stride_h - o.pad_h + u * o.dilation_h, offset, inside,
                index);
        }
      }
    }
  }
}

}  // namespace

void ImageToColumns(const ConvolutionOptions& options, Planes<const float> x,
                    Range band, float* columns) {
  const int64_t output_w = options.output_w();
  ForEachRow(
      options, band,
      [&](int64_t c, int64_t h, int64_t offset, Range inside, int64_t index) {
        float* row = columns + index;
        if (h < 0 || h >= options.height) {
          std::fill(row, row + output_w, 0.0f);
          return;
        }
        GatherRow(x.data + c * x.channel_stride + h * options.width, offset,
                  options.stride_w, inside, output_w, row);
      });
}

void AddColumnsToImage(const ConvolutionOptions& options, const float* columns,
                       Range band, Planes<float> x) {
  ForEachRow(
      options, band,
      [&](int64_t c, int64_t h, int64_t offset, Range inside, int64_t index) {
        if (h < 0 || h >= options.height) return;
        ScatterRow(columns + index, offset, options.stride_w, inside,
                   x.data + c * x.channel_stride + h * options.width);
      });
}

}  // namespace tamp
