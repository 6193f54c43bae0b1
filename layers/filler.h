// Fillers: the numbers that a parameter starts with, from a FillerParameter.

#ifndef TAMP_LAYERS_FILLER_H_
#define TAMP_LAYERS_FILLER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "core/shape.h"
#include "proto/layer.pb.h"

namespace tamp {

// The inputs of one output and the outputs of one input, positions of the
// kernel counted, for a weight of shape [outputs, inputs / group, kernel axes].
//   inputs  = elements / extent of axis 0
//   outputs = elements / extent of axis 1 (a rank of 1 counts as extent 1)
struct Fans {
  int64_t inputs;
  int64_t outputs;
};
Fans FansOf(const Shape& shape);

// Refuses an unknown type, and options that make no sense for the shape.
absl::Status ValidateFiller(const FillerParameter& filler, const Shape& shape);

// Fills the dense array `data`; a pure function of the other arguments.
//   constant            value
//   uniform             uniform in [min, max)
//   gaussian            normal(mean, std); with `sparse` >= 0 an element stays
//                       with probability sparse / outputs and else is 0
//   truncated_gaussian  normal(mean, std), drawn again until within 2 std
//   xavier              uniform in +-sqrt(3 / n)     Glorot & Bengio 2010
//   msra                normal(0, sqrt(2 / n))       He et al. 2015, eq. 10, 14
//   positive_unitball   uniform in [0, 1), then each output divided by its sum
//   bilinear            upsampling by bilinear interpolation
// where n is fan-in, fan-out or their mean by variance_norm.
// REQUIRES: ValidateFiller(filler, shape) is OK.
void Fill(const FillerParameter& filler, const Shape& shape, uint64_t key,
          float* data);

}  // namespace tamp

#endif  // TAMP_LAYERS_FILLER_H_
