// A CUDA runtime that judges: under the real one's names it takes what nvcc
// compiled, holds every launch, copy and pointer against the compiled code, its
// own memory and the limits of a GPU that is only described, and executes
// nothing. A test that is linked with it needs neither GPU nor driver.
//
// What is wrong is answered with CUDA's error and noted in words.

#ifndef TAMP_TESTS_CUDA_JUDGE_RUNTIME_JUDGE_H_
#define TAMP_TESTS_CUDA_JUDGE_RUNTIME_JUDGE_H_

#include <string>
#include <vector>

#include "tests/cuda_judge/runtime/gpu.h"

namespace tamp {
namespace cuda_judge {

// From now on there is this GPU alone. Without a call it is an H100.
// REQUIRES: nothing is left of what was made on the GPU before.
void Describe(const Gpu& gpu);

// Whether the program has any machine code that runs on the GPU: a build may be
// for other architectures.
bool HasCodeFor(const Gpu& gpu);

// What was wrong since the last call.
std::vector<std::string> TakeFindings();

// The kernels in the program that nobody has launched since the GPU was
// described, with success.
std::vector<std::string> KernelsNeverLaunched();

// The kernels in the program whose code spills registers or has other local
// memory, with the architecture and the bytes.
std::vector<std::string> KernelsWithLocalMemory();

// Those that have no launch bounds.
std::vector<std::string> KernelsWithoutLaunchBounds();

// Whether NVIDIA's own runtime was loaded, since the judge lacks a function.
bool LoadedOtherRuntime();

}  // namespace cuda_judge
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_JUDGE_RUNTIME_JUDGE_H_
