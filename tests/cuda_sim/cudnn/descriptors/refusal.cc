#include "tests/cuda_sim/cudnn/descriptors/refusal.h"

#include <utility>

namespace tamp {
namespace cuda_sim {
namespace {

thread_local std::string last_error;

}  // namespace

cudnnStatus_t Refuse(cudnnStatus_t status, std::string why) {
  last_error = std::move(why);
  return status;
}

std::string TakeLastError() { return std::exchange(last_error, {}); }

}  // namespace cuda_sim
}  // namespace tamp
