#ifndef TAMP_LAYERS_CUDA_LAYERS_H_
#define TAMP_LAYERS_CUDA_LAYERS_H_

#include "absl/types/span.h"
#include "layers/layer_registry.h"

namespace tamp {

// All layers with kernels for CUDA, sorted by type.
absl::Span<const LayerRow> CudaLayers();

}  // namespace tamp

#endif  // TAMP_LAYERS_CUDA_LAYERS_H_
