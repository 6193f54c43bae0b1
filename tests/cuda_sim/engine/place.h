// A place in a kernel's source.

#ifndef TAMP_TESTS_CUDA_SIM_ENGINE_PLACE_H_
#define TAMP_TESTS_CUDA_SIM_ENGINE_PLACE_H_

namespace tamp {
namespace cuda_sim {

struct Place {
  const char* file = "";
  int line = 0;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_ENGINE_PLACE_H_
