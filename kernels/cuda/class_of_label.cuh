#ifndef TAMP_KERNELS_CUDA_CLASS_OF_LABEL_CUH_
#define TAMP_KERNELS_CUDA_CLASS_OF_LABEL_CUH_

#include <cstdint>

// What assert() calls, with a message on stderr, on the host and on a device.
extern "C" __host__ __device__ void __assert_fail(
    const char* assertion, const char* file, unsigned line,
    const char* function) noexcept;

namespace tamp {

// The class that a label names; as ClassOfLabel of core/label.h for the host,
// also in optimized builds. The kernel with a label that names none ends before
// that is used as an index, and all that is queued behind it: whoever waits
// for the device gets cudaErrorAssert.
__device__ inline int64_t ClassOfLabelOrAbort(float label,
                                              int64_t num_classes) {
  const bool is_class =
      label >= 0 && label < static_cast<float>(num_classes) &&
      static_cast<float>(static_cast<int64_t>(label)) == label;
  if (!is_class) {
    __assert_fail("label is one of the classes", __FILE__, __LINE__, __func__);
  }
  return static_cast<int64_t>(label);
}

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_CLASS_OF_LABEL_CUH_
