#include "layers/options/pooling_axes.h"

namespace tamp {

PoolingAxes PoolingAxesOf(const PoolingParameter& pooling, int64_t height,
                          int64_t width) {
  PoolingAxes axes;
  PoolingAxis& h = axes.height;
  PoolingAxis& w = axes.width;
  h.extent = height;
  w.extent = width;
  h.round_up = w.round_up = pooling.round_mode() == PoolingParameter::CEIL;
  if (pooling.global_pooling()) {
    h.kernel = height;
    w.kernel = width;
    return axes;
  }
  h.kernel =
      pooling.has_kernel_h() ? pooling.kernel_h() : pooling.kernel_size();
  w.kernel =
      pooling.has_kernel_w() ? pooling.kernel_w() : pooling.kernel_size();
  h.pad = pooling.has_pad_h() ? pooling.pad_h() : pooling.pad();
  w.pad = pooling.has_pad_w() ? pooling.pad_w() : pooling.pad();
  h.stride = pooling.has_stride_h() ? pooling.stride_h() : pooling.stride();
  w.stride = pooling.has_stride_w() ? pooling.stride_w() : pooling.stride();
  return axes;
}

}  // namespace tamp
