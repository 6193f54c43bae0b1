// Host functions of a .cu file, for versions_test.

#ifndef TAMP_THIRD_PARTY_CUDA_VERSIONS_H_
#define TAMP_THIRD_PARTY_CUDA_VERSIONS_H_

namespace tamp {

// The version in the headers that nvcc read.
int VersionOfCompiler();

// What the linked runtime says; -1 where it does not answer.
int VersionOfRuntime();

}  // namespace tamp

#endif  // TAMP_THIRD_PARTY_CUDA_VERSIONS_H_
