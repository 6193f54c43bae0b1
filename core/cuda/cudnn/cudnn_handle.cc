#include "core/cuda/cudnn/cudnn_handle.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/cuda/cudnn/api/cudnn_status.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

constexpr size_t kMajor = 9;
// The first that plans for a described device (plan_target.h).
constexpr size_t kOldestMinor = 8;

}  // namespace

absl::Status CheckCudnnVersion(size_t version) {
  const size_t major = version / 10000, minor = version / 100 % 100;
  if (major == kMajor && minor >= kOldestMinor) return absl::OkStatus();
  // Before 9 a version was 1000 x major + 100 x minor + patch.
  const std::string found =
      version < 10000 ? absl::StrCat(version / 1000, ".", version / 100 % 10)
                      : absl::StrCat(major, ".", minor);
  return absl::FailedPreconditionError(
      absl::StrCat("found cuDNN ", found, ", but Tamp needs version ", kMajor,
                   ", from ", kMajor, ".", kOldestMinor,
                   " on: install it, or put its folder into LD_LIBRARY_PATH"));
}

absl::StatusOr<CudnnHandle> CudnnHandle::Create(cudaStream_t stream) {
  RETURN_IF_ERROR(CheckCudnnVersion(cudnnGetVersion()));
  cudnnHandle_t created = nullptr;
  RETURN_IF_ERROR(CudnnStatus(cudnnCreate(&created), "cudnnCreate"));
  CudnnHandle handle(created);
  RETURN_IF_ERROR(
      CudnnStatus(cudnnSetStream(created, stream), "cudnnSetStream"));
  return handle;
}

}  // namespace tamp
