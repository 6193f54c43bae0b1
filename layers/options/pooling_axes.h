// The windows that a PoolingParameter asks for, along both axes of a map.

#ifndef TAMP_LAYERS_OPTIONS_POOLING_AXES_H_
#define TAMP_LAYERS_OPTIONS_POOLING_AXES_H_

#include <cstdint>

#include "kernels/pooling_axis.h"
#include "proto/layer.pb.h"

namespace tamp {

struct PoolingAxes {
  PoolingAxis height, width;
};

// Nothing is checked: whether they are possible is what PoolingLayer decides.
PoolingAxes PoolingAxesOf(const PoolingParameter& pooling, int64_t height,
                          int64_t width);

}  // namespace tamp

#endif  // TAMP_LAYERS_OPTIONS_POOLING_AXES_H_
