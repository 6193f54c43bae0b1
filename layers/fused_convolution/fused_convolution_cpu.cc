// The weight is packed, tiles of images are worked on side by side, and the
// tiles' sums are added up in the order of tiles: so results have the same bits
// for any number of threads.

#include "layers/fused_convolution/fused_convolution_cpu.h"

#include <algorithm>
#include <cstdint>

#include "core/check.h"
#include "core/cpu/cpu_device.h"
#include "core/status_macros.h"
#include "kernels/cpu/fused_norm_cpu.h"
#include "kernels/cpu/product_precision_cpu.h"
#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "kernels/shared_statistics.h"
#include "layers/fused_convolution/cpu/backward.h"
#include "layers/fused_convolution/cpu/forward.h"
#include "layers/fused_convolution/cpu/plan.h"
#include "layers/fused_convolution/cpu/weights.h"

namespace tamp {
namespace {

constexpr int64_t kAlignment = 64;  // bytes, of a line of the cache

// The workspace from its first aligned address on.
float* Align(void* workspace) {
  const uintptr_t address = reinterpret_cast<uintptr_t>(workspace);
  return reinterpret_cast<float*>((address + kAlignment - 1) / kAlignment *
                                  kAlignment);
}

int64_t WorkspaceBytes(int64_t floats) {
  return floats * int64_t{sizeof(float)} + kAlignment;
}

FusedConvolutionOptions WithChosenProducts(FusedConvolutionOptions options) {
  options.bf16_products = ChooseBf16Products(options.bf16_products);
  return options;
}

class FusedConvolutionCpu : public FusedConvolutionKernel {
 public:
  FusedConvolutionCpu(const FusedConvolutionOptions& options,
                      const CpuDevice& device)
      : device_(device),
        plan_(WithChosenProducts(options)),
        options_(plan_.options) {}

  int64_t forward_workspace_bytes() const override {
    return WorkspaceBytes(plan_.forward.workspace_floats);
  }
  int64_t backward_workspace_bytes() const override {
    return WorkspaceBytes(plan_.backward.workspace_floats);
  }

  void Forward(const FusedConvolutionForwardArgs<float>& args) override {
    float* workspace = Align(args.workspace);
    if (options_.normalizes) {
      PrepareFusedNorm(args.norm, options_.channels,
                       options_.num * options_.height * options_.width);
    }
    if (options_.shifts_output) PrepareOutputNorm(args.output_norm, workspace);
    device_.ParallelFor(plan_.forward.blocks.num_blocks(), [&](int64_t block) {
      PackForwardWeights(plan_, args.w, OutputScales(workspace), block,
                         workspace + plan_.forward.weights);
    });
    device_.ParallelFor(plan_.num_tiles, [&](int64_t tile) {
      ForwardTile(plan_, args, workspace, tile);
    });
    if (options_.has_statistics) StoreStatistics(args, workspace);
  }

  void Backward(const FusedConvolutionBackwardArgs<float>& args) override {
    CHECK(!options_.gathers || args.dx_mode == GradMode::kSkip);
    float* workspace = Align(args.workspace);
    if (args.finishing.statistics != nullptr) {
      PrepareFinishing(
          args.finishing, options_.num_output,
          options_.num * options_.output_size(),
          FinishingTermsAt(workspace + plan_.backward.finishing_terms,
                           options_.num_output));
    }
    if (WantsInputGradient(args)) {
      device_.ParallelFor(
          plan_.backward.blocks.num_blocks(), [&](int64_t block) {
            PackBackwardWeights(plan_, args.w, block,
                                workspace + plan_.backward.weights);
          });
    }
    device_.ParallelFor(plan_.num_tiles, [&](int64_t tile) {
      BackwardTile(plan_, args, workspace, tile);
    });
    if (WantsSums(args.norm)) StoreNormGrads(args, workspace);
    if (args.dw_mode == GradMode::kSkip) return;
    device_.ParallelFor(
        plan_.backward.dot_channels / kDotChannels,
        [&](int64_t quad) { StoreWeightGrad(args, workspace, quad); });
  }

 private:
  // Null where there is no norm behind the convolution.
  double* OutputScales(float* workspace) const {
    if (!options_.shifts_output) return nullptr;
    return reinterpret_cast<double*>(workspace + plan_.forward.output_scales);
  }
  void PrepareOutputNorm(const FusedNormForwardArgs<float>& norm,
                         float* workspace) const {
    double* scales = OutputScales(workspace);
    float* shifts = workspace + plan_.forward.output_shifts;
    for (int64_t k = 0; k < options_.num_output; ++k) {
      const NormTerms terms =
          NormTermsOf(norm.running_mean[k], norm.running_variance[k], norm.eps,
                      norm.gamma[k], norm.beta[k]);
      scales[k] = terms.scale;
      shifts[k] = static_cast<float>(terms.shift);
    }
  }

  float* BackwardTilePlace(float* workspace, int64_t tile) const {
    return workspace + plan_.backward.tiles + tile * plan_.backward.tile_floats;
  }
  float* WeightGrad(float* workspace, int64_t tile) const {
    return BackwardTilePlace(workspace, tile) + plan_.backward.weight_grad;
  }

  void StoreStatistics(const FusedConvolutionForwardArgs<float>& args,
                       const float* workspace) const {
    const Moments* moments =
        reinterpret_cast<const Moments*>(workspace + plan_.forward.moments);
    for (int64_t k = 0; k < options_.num_output; ++k) {
      Moments all;
      for (int64_t tile = 0; tile < plan_.num_tiles; ++tile) {
        AddMoments(moments[tile * options_.num_output + k], &all);
      }
      args.statistics[2 * k] = static_cast<float>(all.mean);
      args.statistics[2 * k + 1] = static_cast<float>(all.squares / all.count);
    }
  }

  void StoreNormGrads(const FusedConvolutionBackwardArgs<float>& args,
                      float* workspace) const {
    const auto terms = FusedNormTermsAt(args.norm.terms, options_.channels);
    for (int64_t c = 0; c < options_.channels; ++c) {
      double dbeta = 0, dgamma = 0;
      for (int64_t tile = 0; tile < plan_.num_tiles; ++tile) {
        const float* sums = BackwardTilePlace(workspace, tile) +
                            plan_.backward.norm_sums + 2 * c * kMaxVector;
        for (int64_t lane = 0; lane < kMaxVector; ++lane) {
          dbeta += sums[lane];
          dgamma += sums[kMaxVector + lane];
        }
      }
      StoreFusedNormGrads(args.norm, c, dgamma * terms.inv_std[c], dbeta);
    }
  }

  // That of kDotChannels channels: sums of the tiles, left in the first, then
  // each element to its place.
  void StoreWeightGrad(const FusedConvolutionBackwardArgs<float>& args,
                       float* workspace, int64_t quad) const {
    const BackwardPlan& plan = plan_.backward;
    const int64_t count = kDotChannels * plan.dot_rows;
    float* sums = WeightGrad(workspace, 0) + quad * count;
    for (int64_t tile = 1; tile < plan_.num_tiles; ++tile) {
      const float* part = WeightGrad(workspace, tile) + quad * count;
      for (int64_t i = 0; i < count; ++i) sums[i] += part[i];
    }
    const int64_t first = quad * kDotChannels;
    const int64_t last = std::min(first + kDotChannels, options_.channels);
    for (int64_t c = first; c < last; ++c) {
      for (int64_t k = 0; k < options_.num_output; ++k) {
        StoreTaps(args, WeightGrad(workspace, 0), k, c);
      }
    }
  }

  void StoreTaps(const FusedConvolutionBackwardArgs<float>& args,
                 const float* sums, int64_t k, int64_t c) const {
    const int64_t taps = options_.taps();
    float* dw = args.dw + (k * options_.channels + c) * taps;
    for (int64_t t = 0; t < taps; ++t) {
      StoreGrad(args.dw_mode,
                sums[plan_.backward.WeightGradIndex(k * taps + t, c)], dw + t);
    }
  }

  const CpuDevice& device_;
  const FusedConvolutionPlan plan_;
  const FusedConvolutionOptions& options_;  // of the product
};

}  // namespace

absl::StatusOr<std::unique_ptr<FusedConvolutionKernel>> MakeFusedConvolutionCpu(
    const FusedConvolutionOptions& options, Device& device) {
  FusedConvolutionOptions on_cpu = options;
  ASSIGN_OR_RETURN(on_cpu.precision, PrecisionOnCpu(options.precision));
  return std::make_unique<FusedConvolutionCpu>(on_cpu, AsCpu(device));
}

}  // namespace tamp
