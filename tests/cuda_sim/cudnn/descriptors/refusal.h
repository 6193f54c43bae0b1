// How calls are refused: a status, and why as cudnnGetLastErrorString() says
// it.

#ifndef TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_REFUSAL_H_
#define TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_REFUSAL_H_

#include <cudnn.h>

#include <string>

namespace tamp {
namespace cuda_sim {

// Returns `status`; the thread's next TakeLastError() is `why`.
cudnnStatus_t Refuse(cudnnStatus_t status, std::string why);

// Empty when there was none since the last call.
std::string TakeLastError();

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_REFUSAL_H_
