#include "layers/options/broadcast_axes.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

Extents ExtentsOf(const Shape& shape) {
  return {shape.num(), shape.channels(), shape.spatial()};
}

}  // namespace

absl::StatusOr<BroadcastAxes> BroadcastParameter(const Shape& x, int axis,
                                                 int num_axes) {
  ASSIGN_OR_RETURN(const int begin, x.CanonicalAxis(axis));
  if (num_axes < -1 || num_axes > x.rank() - begin) {
    return absl::InvalidArgumentError(
        absl::StrCat("num_axes ", num_axes, " from axis ", axis,
                     " on is out of range for shape ", x.ToString()));
  }
  const int end = num_axes == -1 ? x.rank() : begin + num_axes;
  BroadcastAxes axes;
  ASSIGN_OR_RETURN(axes.shape,
                   Shape::Create(x.dims().subspan(begin, end - begin)));
  axes.broadcast = {ExtentsOf(x), ExtentsOf(axes.shape), x.count(end)};
  return axes;
}

absl::StatusOr<BroadcastAxes> BroadcastBottom(const LayerParameter& parameter,
                                              const Shape& x, const Shape& b,
                                              int axis) {
  int begin = 0;
  if (b.rank() > 0) {
    ASSIGN_OR_RETURN(begin, x.CanonicalAxis(axis));
  }
  const int end = begin + b.rank();
  if (end > x.rank() || x.dims().subspan(begin, b.rank()) != b.dims()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "bottom \"", parameter.bottom(1), "\" of shape ", b.ToString(),
        " does not fit bottom \"", parameter.bottom(0), "\" of shape ",
        x.ToString(), " from axis ", begin, " on"));
  }
  return BroadcastAxes{b, {ExtentsOf(x), ExtentsOf(b), x.count(end)}};
}

}  // namespace tamp
