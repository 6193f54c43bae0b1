// Which versions of cuDNN will do.

#ifndef TAMP_CORE_CUDA_CUDNN_CUDNN_VERSION_H_
#define TAMP_CORE_CUDA_CUDNN_CUDNN_VERSION_H_

#include <cstddef>

#include "absl/status/status.h"

namespace tamp {

// Whether a cuDNN of that version (of cudnnGetVersion()) will do: 9, and not
// older than what we ask of it. The error says what to do.
absl::Status CheckCudnnVersion(size_t version);

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_CUDNN_CUDNN_VERSION_H_
