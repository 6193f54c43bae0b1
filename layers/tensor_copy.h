// Tensors of a net on a device as arrays on the host, and back.

#ifndef TAMP_LAYERS_TENSOR_COPY_H_
#define TAMP_LAYERS_TENSOR_COPY_H_

#include <vector>

#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/tensor.h"

namespace tamp {

// The elements in row-major order, whatever the strides.
std::vector<float> CopyToHost(const ConstView& view, Device* device);

// REQUIRES: as many elements as the view has, in row-major order.
void CopyFromHost(absl::Span<const float> elements, Device* device,
                  const View& view);

}  // namespace tamp

#endif  // TAMP_LAYERS_TENSOR_COPY_H_
