#ifndef TAMP_LAYERS_TANH_TANH_CUDA_CUH_
#define TAMP_LAYERS_TANH_TANH_CUDA_CUH_

namespace tamp {

struct TanhForwardCuda {
  __device__ float operator()(float x) const { return tanhf(x); }
};

struct TanhBackwardCuda {
  __device__ float operator()(float y, float dy) const {
    return dy * ((1 - y) * (1 + y));
  }
};

}  // namespace tamp

#endif  // TAMP_LAYERS_TANH_TANH_CUDA_CUH_
