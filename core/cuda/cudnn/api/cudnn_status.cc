#include "core/cuda/cudnn/api/cudnn_status.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace tamp {
namespace {

absl::StatusCode CodeOf(cudnnStatus_t status) {
  switch (status) {
    case CUDNN_STATUS_SUCCESS:
      return absl::StatusCode::kOk;
    case CUDNN_STATUS_NOT_INITIALIZED:
    case CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH:
    case CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED:
    case CUDNN_STATUS_NOT_SUPPORTED_INCOMPATIBLE_CUDA_DRIVER:
    case CUDNN_STATUS_NOT_SUPPORTED_INCOMPATIBLE_CUDART:
    case CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH:
    case CUDNN_STATUS_NOT_SUPPORTED_RUNTIME_PREREQUISITE_MISSING:
    case CUDNN_STATUS_NOT_SUPPORTED_SUBLIBRARY_UNAVAILABLE:
      return absl::StatusCode::kUnavailable;
    case CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED:
    case CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED:
      return absl::StatusCode::kResourceExhausted;
    default:
      break;
  }
  // The classes are the thousands.
  if (status / 1000 == CUDNN_STATUS_BAD_PARAM / 1000) {
    return absl::StatusCode::kInvalidArgument;
  }
  if (status / 1000 == CUDNN_STATUS_NOT_SUPPORTED / 1000) {
    return absl::StatusCode::kUnimplemented;
  }
  return absl::StatusCode::kInternal;
}

// On one line; empty when cuDNN noted nothing.
std::string LastError() {
  char message[1024] = {};
  cudnnGetLastErrorString(message, sizeof(message));
  std::string text = message;
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  absl::StripAsciiWhitespace(&text);
  return text;
}

}  // namespace

absl::Status CudnnStatus(cudnnStatus_t status, absl::string_view call) {
  if (status == CUDNN_STATUS_SUCCESS) return absl::OkStatus();
  std::string text = absl::StrCat(call, ": ", cudnnGetErrorString(status));
  const std::string reason = LastError();
  if (!reason.empty()) absl::StrAppend(&text, ": ", reason);
  return absl::Status(CodeOf(status), text);
}

}  // namespace tamp
