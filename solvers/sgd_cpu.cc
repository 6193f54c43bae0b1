#include "solvers/sgd_cpu.h"

#include <algorithm>
#include <cstdint>

#include "core/cpu/cpu_device.h"
#include "core/cpu/sums.h"

namespace tamp {
namespace {

// Elements that one thread works on at a time: three arrays of 64 KiB. Fixed,
// so that sums do not depend on the number of threads.
constexpr int64_t kTileSize = 16384;

// The loop is bound by memory: everything happens to an element while it is
// here, and nothing is written but the weight and its history.
template <WeightDecay kDecay, bool kNesterov>
void UpdateTile(const SgdStep& step, const SgdTensor<float>& tile) {
  const float rate = static_cast<float>(step.lr * tile.lr_mult);
  const float decay = static_cast<float>(step.weight_decay * tile.decay_mult);
  const float momentum = static_cast<float>(step.momentum);
  const float scale = static_cast<float>(step.gradient_scale);
  float* __restrict weight = tile.weight;
  float* __restrict history = tile.momentum;
  const float* __restrict gradient = tile.gradient;
  for (int64_t i = 0; i < tile.size; ++i) {
    const float w = weight[i];
    const float pull =
        kDecay == WeightDecay::kL2 ? w : static_cast<float>((w > 0) - (w < 0));
    const float g = scale * gradient[i] + decay * pull;
    const float v = momentum * history[i] + g;
    history[i] = v;
    weight[i] = w - rate * (kNesterov ? g + momentum * v : v);
  }
}

using UpdateFunction = void (*)(const SgdStep&, const SgdTensor<float>&);

UpdateFunction ChooseUpdate(const SgdStep& step) {
  if (step.decay == WeightDecay::kL2) {
    return step.nesterov ? UpdateTile<WeightDecay::kL2, true>
                         : UpdateTile<WeightDecay::kL2, false>;
  }
  return step.nesterov ? UpdateTile<WeightDecay::kL1, true>
                       : UpdateTile<WeightDecay::kL1, false>;
}

class SgdCpu : public SgdKernel {
 public:
  SgdCpu(const std::vector<SgdTensor<float>>& tensors, const CpuDevice& device)
      : device_(device) {
    for (const SgdTensor<float>& tensor : tensors) {
      for (int64_t i = 0; i < tensor.size; i += kTileSize) {
        SgdTensor<float> tile = tensor;
        tile.weight += i;
        tile.gradient += i;
        tile.momentum += i;
        tile.size = std::min(kTileSize, tensor.size - i);
        tiles_.push_back(tile);
      }
    }
    squares_.resize(tiles_.size());
  }

  double GradientSquares() override {
    device_.ParallelFor(tiles_.size(), [&](int64_t i) {
      const SgdTensor<float>& tile = tiles_[i];
      squares_[i] = SumOfProducts(tile.gradient, tile.gradient, tile.size);
    });
    double sum = 0;
    for (const double square : squares_) sum += square;
    return sum;
  }

  void Update(const SgdStep& step) override {
    const UpdateFunction update = ChooseUpdate(step);
    device_.ParallelFor(tiles_.size(),
                        [&](int64_t i) { update(step, tiles_[i]); });
  }

 private:
  const CpuDevice& device_;
  std::vector<SgdTensor<float>> tiles_;
  std::vector<double> squares_;  // one a tile
};

}  // namespace

std::unique_ptr<SgdKernel> MakeSgdCpu(
    const std::vector<SgdTensor<float>>& tensors, const Device& device) {
  return std::make_unique<SgdCpu>(tensors, AsCpu(device));
}

}  // namespace tamp
