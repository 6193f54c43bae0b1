// Tensors on a device: filled, and as arrays of the host, in row-major order
// whatever the strides.

#ifndef TAMP_LAYERS_TENSOR_COPY_H_
#define TAMP_LAYERS_TENSOR_COPY_H_

#include <vector>

#include "absl/types/span.h"
#include "core/device/device.h"
#include "layers/tensor.h"

namespace tamp {

// Copies all elements; these return when they have arrived.
std::vector<float> CopyToHost(const ConstView& view, Device* device);
// REQUIRES: as many elements as the view has.
void CopyToHost(const ConstView& view, Device* device,
                absl::Span<float> elements);
void CopyFromHost(absl::Span<const float> elements, Device* device,
                  const View& view);

// Sets all elements.
void FillView(const View& view, float value, Device* device);

}  // namespace tamp

#endif  // TAMP_LAYERS_TENSOR_COPY_H_
