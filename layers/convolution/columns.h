// Columns: the inputs of each output position side by side, so that a
// convolution becomes a matrix product (Chellapilla et al. 2006).
//
// The matrix of a band of output rows has one row for each (channel, kernel
// row, kernel column) and one column for each output position of the band. Only
// the map, kernel, pad, stride and dilation of the options count here.

#ifndef TAMP_LAYERS_CONVOLUTION_COLUMNS_H_
#define TAMP_LAYERS_CONVOLUTION_COLUMNS_H_

#include <cstdint>

#include "core/threads/tiles.h"
#include "layers/convolution/convolution_kernel.h"

namespace tamp {

// The channels of one image.
template <typename T>
struct Planes {
  T* data = nullptr;
  int64_t channel_stride = 0;  // elements between channels
};

// Writes the columns of the output rows of `band`; 0 outside of the map.
void ImageToColumns(const ConvolutionOptions& options, Planes<const float> x,
                    Range band, float* columns);

// The transpose: adds each element to the element of the map that it is a copy
// of.
void AddColumnsToImage(const ConvolutionOptions& options, const float* columns,
                       Range band, Planes<float> x);

}  // namespace tamp

#endif  // TAMP_LAYERS_CONVOLUTION_COLUMNS_H_
