// The convolution of one image without groups as matrix products over bands of
// output rows. Columns of a band (columns.h) stay in the second-level cache; a
// 1x1 kernel with stride 1 and no pad reads the map itself.

#ifndef TAMP_LAYERS_CONVOLUTION_CONVOLUTION_CPU_PRODUCTS_H_
#define TAMP_LAYERS_CONVOLUTION_CONVOLUTION_CPU_PRODUCTS_H_

#include <cstdint>

#include "layers/convolution/columns.h"
#include "layers/convolution/convolution_kernel.h"

namespace tamp {

class ConvolutionProducts {
 public:
  // REQUIRES: options.group is 1. options.num is not used.
  explicit ConvolutionProducts(const ConvolutionOptions& options);

  // Floats of scratch memory that each call needs.
  int64_t scratch_elements() const { return scratch_elements_; }

  // What to do with the columns of x. Null pointers: not wanted.
  struct ColumnProducts {
    const float* w = nullptr;  // y = w * columns, or y += ...
    Planes<float> y;
    bool add = false;
    Planes<const float> dy;  // dw += dy * columns^T
    float* dw = nullptr;
  };
  void MultiplyColumns(Planes<const float> x, const ColumnProducts& products,
                       float* scratch) const;

  // dx = w^T * dy, columns added up in the map; dx += ... with add.
  void MultiplyTransposed(Planes<const float> dy, const float* w, bool add,
                          Planes<float> dx, float* scratch) const;

 private:
  Range Band(int64_t band) const;
  bool is_direct() const { return scratch_elements_ == 0; }

  const ConvolutionOptions options_;
  const int64_t output_h_, output_w_;
  int64_t num_bands_ = 1;
  int64_t scratch_elements_ = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_CONVOLUTION_CONVOLUTION_CPU_PRODUCTS_H_
