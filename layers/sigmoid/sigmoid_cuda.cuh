#ifndef TAMP_LAYERS_SIGMOID_SIGMOID_CUDA_CUH_
#define TAMP_LAYERS_SIGMOID_SIGMOID_CUDA_CUH_

namespace tamp {

struct SigmoidForwardCuda {
  __device__ float operator()(float x) const { return 1 / (1 + expf(-x)); }
};

struct SigmoidBackwardCuda {
  __device__ float operator()(float y, float dy) const {
    return dy * y * (1 - y);
  }
};

}  // namespace tamp

#endif  // TAMP_LAYERS_SIGMOID_SIGMOID_CUDA_CUH_
