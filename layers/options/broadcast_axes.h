// How the second operand of Scale and Bias lies along the axes of the first.

#ifndef TAMP_LAYERS_OPTIONS_BROADCAST_AXES_H_
#define TAMP_LAYERS_OPTIONS_BROADCAST_AXES_H_

#include "absl/status/statusor.h"
#include "core/shape.h"
#include "kernels/broadcast.h"
#include "proto/layer.pb.h"

namespace tamp {

struct BroadcastAxes {
  Shape shape;  // of the second operand
  Broadcast broadcast;
};

// The second operand is a parameter: it has the extents of num_axes axes of x
// from `axis` on, of all from there for -1. With 0 axes it is a scalar.
absl::StatusOr<BroadcastAxes> BroadcastParameter(const Shape& x, int axis,
                                                 int num_axes);

// The second operand is bottom 1 of the layer, of shape b: its axes are those
// of bottom 0 from `axis` on. A scalar goes with everything.
absl::StatusOr<BroadcastAxes> BroadcastBottom(const LayerParameter& parameter,
                                              const Shape& x, const Shape& b,
                                              int axis);

}  // namespace tamp

#endif  // TAMP_LAYERS_OPTIONS_BROADCAST_AXES_H_
