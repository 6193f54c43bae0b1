// Calls, from a kernel on a device, of every function that kernels on the host
// and on a device share: those of kernels/*.h and of core/philox.h that are
// marked TAMP_HOST_DEVICE.
//
// It is there to be compiled and linked, so that these headers stay callable on
// a device: nobody launches it. device_calls_test.py holds it to call them all.

#ifndef TAMP_KERNELS_CUDA_DEVICE_CALLS_H_
#define TAMP_KERNELS_CUDA_DEVICE_CALLS_H_

namespace tamp {
namespace cuda {

// The kernel's address, for a program that links it.
const void* DeviceCalls();

}  // namespace cuda
}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_DEVICE_CALLS_H_
