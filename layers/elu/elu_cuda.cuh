#ifndef TAMP_LAYERS_ELU_ELU_CUDA_CUH_
#define TAMP_LAYERS_ELU_ELU_CUDA_CUH_

namespace tamp {

struct EluForwardCuda {
  float alpha;
  __device__ float operator()(float x) const {
    return x > 0 ? x : alpha * expm1f(x);
  }
};

struct EluBackwardCuda {
  float alpha;
  __device__ float operator()(float y, float dy) const {
    return y > 0 ? dy : dy * (y + alpha);
  }
};

}  // namespace tamp

#endif  // TAMP_LAYERS_ELU_ELU_CUDA_CUH_
