// What can be wrong with a Data layer's options whatever the data set holds.

#ifndef TAMP_DATA_DATA_OPTIONS_H_
#define TAMP_DATA_DATA_OPTIONS_H_

#include "absl/status/status.h"
#include "core/shape.h"
#include "proto/layer.pb.h"

namespace tamp {

// Checks data_param and transform_param by themselves: a backend that is named
// and cannot be read, and numbers out of range. An error names the field, its
// value and what it may be.
absl::Status CheckDataOptions(const LayerParameter& parameter);

// Checks transform_param against the shape that data_param claims for samples:
// [channels, height, width].
absl::Status CheckClaimedShape(const LayerParameter& parameter,
                               const Shape& sample);

// The error for data sets that cannot be read.
absl::Status BackendError(const DataParameter& data);

}  // namespace tamp

#endif  // TAMP_DATA_DATA_OPTIONS_H_
