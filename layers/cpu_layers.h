#ifndef TAMP_LAYERS_CPU_LAYERS_H_
#define TAMP_LAYERS_CPU_LAYERS_H_

#include "absl/types/span.h"
#include "layers/layer_registry.h"

namespace tamp {

// All layers with kernels for CPUs, sorted by type.
absl::Span<const LayerRow> CpuLayers();

}  // namespace tamp

#endif  // TAMP_LAYERS_CPU_LAYERS_H_
