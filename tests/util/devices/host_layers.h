// The table of layers for a HostDevice: CpuLayers with kernels that open its
// memory.

#ifndef TAMP_TESTS_UTIL_DEVICES_HOST_LAYERS_H_
#define TAMP_TESTS_UTIL_DEVICES_HOST_LAYERS_H_

#include "absl/types/span.h"
#include "layers/layer_registry.h"

namespace tamp {

absl::Span<const LayerRow> HostLayers();

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_DEVICES_HOST_LAYERS_H_
