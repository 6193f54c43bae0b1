// What errors are called.

#ifndef TAMP_TESTS_CUDA_SIM_RUNTIME_ERROR_TEXTS_H_
#define TAMP_TESTS_CUDA_SIM_RUNTIME_ERROR_TEXTS_H_

namespace tamp {
namespace cuda_sim {

struct ErrorText {
  int error;
  const char *name, *text;
};

// Null where the simulator knows no such error.
const ErrorText* FindErrorText(int error);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_RUNTIME_ERROR_TEXTS_H_
