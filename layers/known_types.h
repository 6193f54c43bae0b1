// All types of layers that Tamp has on some device.

#ifndef TAMP_LAYERS_KNOWN_TYPES_H_
#define TAMP_LAYERS_KNOWN_TYPES_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace tamp {

// Those of CpuLayers(), sorted, for messages of devices that have fewer.
absl::Span<const char* const> KnownTypes();

bool IsKnownType(absl::string_view type);

}  // namespace tamp

#endif  // TAMP_LAYERS_KNOWN_TYPES_H_
