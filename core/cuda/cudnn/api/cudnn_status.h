// What cuDNN's return values mean, as absl::Status.

#ifndef TAMP_CORE_CUDA_CUDNN_API_CUDNN_STATUS_H_
#define TAMP_CORE_CUDA_CUDNN_API_CUDNN_STATUS_H_

#include <cudnn.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tamp {

// OK, or `CALL: CUDNN_STATUS_...: what cuDNN noted of this thread's last
// error`. REQUIRES: `status` is what the newest call of cuDNN in this thread
// returned.
//   kUnimplemented      cuDNN refuses: not with these shapes, types, layouts
//   kUnavailable        it has no answer: without a driver, or one of its own
//                       libraries, an engine cannot say whether it would do
//   kResourceExhausted  out of memory
//   kInvalidArgument    a wrong argument
//   kInternal           everything else
absl::Status CudnnStatus(cudnnStatus_t status, absl::string_view call);

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_CUDNN_API_CUDNN_STATUS_H_
