// Links what device_calls.cu compiles to; says whether the kernel is there.

#include "kernels/cuda/device_calls.h"

int main() { return tamp::cuda::DeviceCalls() == nullptr ? 1 : 0; }
