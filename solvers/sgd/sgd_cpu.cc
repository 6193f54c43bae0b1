// Compiled once for each instruction set (foreach_target.h includes this file
// again and again); the widest that the machine has is run.

#include "solvers/sgd/sgd_cpu.h"

#include <algorithm>
#include <cstdint>

#include "core/cpu/cpu_device.h"
#include "kernels/cpu/sums.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "solvers/sgd/sgd_cpu.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/cpu/elementwise.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {
namespace {

template <WeightDecay kDecay>
class TileUpdate {
 public:
  TileUpdate(const SgdStep& step, const SgdTensor<float>& tile)
      : tile_(tile),
        rate_(Constant(step.lr * tile.lr_mult)),
        decay_(Constant(step.weight_decay * tile.decay_mult)),
        momentum_(Constant(step.momentum)),
        scale_(Constant(step.gradient_scale)) {}

  void UpdateHistory() const {
    MapRow(
        tile_.size, tile_.momentum,
        [this](FloatVector v, FloatVector gradient, FloatVector w)
            HWY_ATTR { return hn::MulAdd(momentum_, v, Decayed(gradient, w)); },
        tile_.momentum, tile_.gradient, tile_.weight);
  }

  void MoveAlongHistory() const {
    MapRow(
        tile_.size, tile_.weight,
        [this](FloatVector w, FloatVector v)
            HWY_ATTR { return hn::NegMulAdd(rate_, v, w); },
        tile_.weight, tile_.momentum);
  }

  void MoveAheadOfHistory() const {
    MapRow(
        tile_.size, tile_.weight,
        [this](FloatVector w, FloatVector v, FloatVector gradient) HWY_ATTR {
          const FloatVector ahead =
              hn::MulAdd(momentum_, v, Decayed(gradient, w));
          return hn::NegMulAdd(rate_, ahead, w);
        },
        tile_.weight, tile_.momentum, tile_.gradient);
  }

 private:
  static FloatVector Constant(double value) {
    return hn::Set(FloatTag(), static_cast<float>(value));
  }

  // g of sgd_kernel.h.
  HWY_INLINE FloatVector Decayed(FloatVector gradient, FloatVector w) const {
    FloatVector pull = w;
    if constexpr (kDecay == WeightDecay::kL1) {
      const FloatVector sign = hn::CopySign(hn::Set(FloatTag(), 1.0f), w);
      pull = hn::IfThenElseZero(hn::Ne(w, hn::Zero(FloatTag())), sign);
    }
    return hn::MulAdd(scale_, gradient, hn::Mul(decay_, pull));
  }

  const SgdTensor<float>& tile_;
  const FloatVector rate_, decay_, momentum_, scale_;
};

template <WeightDecay kDecay>
void UpdateTile(const SgdStep& step, const SgdTensor<float>& tile) {
  const TileUpdate<kDecay> update(step, tile);
  update.UpdateHistory();
  if (step.nesterov) {
    update.MoveAheadOfHistory();
  } else {
    update.MoveAlongHistory();
  }
}

}  // namespace

void SgdUpdate(const SgdStep& step, const SgdTensor<float>& tile) {
  if (step.decay == WeightDecay::kL2) {
    UpdateTile<WeightDecay::kL2>(step, tile);
  } else {
    UpdateTile<WeightDecay::kL1>(step, tile);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace tamp {
namespace {

HWY_EXPORT(SgdUpdate);

// Elements that one thread works on at a time: three arrays of 64 KiB, which
// stay in the second-level cache from the first loop to the second. Fixed, so
// that sums do not depend on the number of threads.
constexpr int64_t kTileSize = 16384;

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
    device_.ParallelFor(tiles_.size(), [&](int64_t i) {
      HWY_DYNAMIC_DISPATCH(SgdUpdate)(step, tiles_[i]);
    });
  }

 private:
  const CpuDevice& device_;
  std::vector<SgdTensor<float>> tiles_;
  std::vector<double> squares_;  // one a tile
};

}  // namespace

absl::StatusOr<std::unique_ptr<SgdKernel>> MakeSgdCpu(
    const std::vector<SgdTensor<float>>& tensors, Device& device) {
  return std::make_unique<SgdCpu>(tensors, AsCpu(device));
}

}  // namespace tamp

#endif  // HWY_ONCE
