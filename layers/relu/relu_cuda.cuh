#ifndef TAMP_LAYERS_RELU_RELU_CUDA_CUH_
#define TAMP_LAYERS_RELU_RELU_CUDA_CUH_

namespace tamp {

struct ReluForwardCuda {
  float slope;
  __device__ float operator()(float x) const { return x > 0 ? x : slope * x; }
};

struct ReluBackwardCuda {
  float slope;
  __device__ float operator()(float y, float dy) const {
    return y > 0 ? dy : slope * dy;
  }
};

}  // namespace tamp

#endif  // TAMP_LAYERS_RELU_RELU_CUDA_CUH_
