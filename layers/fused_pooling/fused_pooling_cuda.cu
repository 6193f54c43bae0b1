#include <cstdint>
#include <memory>

#include "core/cuda/launch.h"
#include "kernels/cuda/fused_norm_cuda.h"
#include "kernels/cuda/sums/channel_sums.cuh"
#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "layers/fused_pooling/fused_pooling_cuda.cuh"
#include "layers/fused_pooling/fused_pooling_cuda.h"

namespace tamp {
namespace {

class FusedPoolingCuda : public FusedPoolingKernel {
 public:
  FusedPoolingCuda(const FusedPoolingOptions& options, CudaQueue& queue)
      : o_(options), windows_(WindowsOf(options)), queue_(queue) {}

  int64_t forward_workspace_bytes() const override { return 0; }
  // The terms that finish y's gradient, those that finish x's, and taps.
  int64_t backward_workspace_bytes() const override {
    const int64_t terms =
        2 * NumFinishingTerms(o_.channels) * int64_t{sizeof(float)};
    if (!is_max()) return terms;
    return terms + o_.num * o_.channels * o_.output_size() *
                       (has_few_taps() ? int64_t{sizeof(uint8_t)}
                                       : int64_t{sizeof(uint32_t)});
  }

  void Forward(const FusedPoolingForwardArgs<float>& args) override {
    PrepareFusedNorm(queue_, args.norm, o_.channels, o_.num * o_.input_size());
    const FusedNormTerms<const float> terms =
        FusedNormTermsAt<const float>(args.norm.terms, o_.channels);
    float* statistics = o_.has_statistics ? args.statistics : nullptr;
    if (is_max()) {
      const ChannelBlocks blocks = Blocks(o_.output_size());
      LaunchKernel(queue_, PoolMaxima, blocks.grid(), blocks, windows_, args.x,
                   terms, args.y, statistics);
      return;
    }
    LaunchKernel(queue_, PoolMeans,
                 GridFor(queue_, o_.num * o_.channels * kWarpSize), o_, args.x,
                 terms, args.y);
    if (statistics == nullptr) return;
    const ChannelBlocks blocks = Blocks(1);
    LaunchKernel(queue_, StatisticsOfMeans, blocks.grid(), blocks, args.y,
                 statistics);
  }

  void Backward(const FusedPoolingBackwardArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip && !WantsSums(args.norm)) return;
    float* workspace = static_cast<float*>(args.workspace);
    const int64_t num_terms = NumFinishingTerms(o_.channels);
    PoolingGradients gradients = {
        o_,
        args.x,
        args.y,
        args.g,
        {},
        args.norm,
        FinishingTermsAt(workspace + num_terms, o_.channels)};
    if (args.finishing.statistics != nullptr) {
      const auto terms = FinishingTermsAt(workspace, o_.channels);
      PrepareFinishing(queue_, args.finishing, o_.channels,
                       o_.num * o_.output_size(), terms);
      gradients.output_terms = {terms.p, terms.q, terms.r};
    }
    float* taps = workspace + 2 * num_terms;
    if (!is_max()) {
      const ChannelBlocks blocks = Blocks(o_.input_size());
      LaunchKernel(queue_, SumMeansGradient, blocks.grid(), blocks, gradients);
      StoreGradient(args, gradients, MeansGradient());
    } else if (has_few_taps()) {
      BackwardOfMaxima(args, gradients, reinterpret_cast<uint8_t*>(taps));
    } else {
      BackwardOfMaxima(args, gradients, reinterpret_cast<uint32_t*>(taps));
    }
  }

 private:
  bool is_max() const { return o_.method == FusedPoolingOptions::Method::kMax; }
  // Whether a byte holds a window's tap, and that there is none.
  bool has_few_taps() const { return o_.height.kernel * o_.width.kernel < 256; }

  ChannelBlocks Blocks(int64_t map_size) const {
    return BlocksOfChannels(queue_, {o_.num, o_.channels, map_size});
  }

  template <typename Tap>
  void BackwardOfMaxima(const FusedPoolingBackwardArgs<float>& args,
                        const PoolingGradients& gradients, Tap* taps) {
    const ChannelBlocks blocks = Blocks(o_.output_size());
    LaunchKernel(queue_, ChooseMaxima<Tap>, blocks.grid(), blocks, windows_,
                 gradients, taps);
    StoreGradient(args, gradients, MaximaGradient<Tap>{windows_, taps});
  }

  template <typename Gradient>
  void StoreGradient(const FusedPoolingBackwardArgs<float>& args,
                     const PoolingGradients& gradients,
                     const Gradient& gradient) {
    if (args.dx_mode == GradMode::kSkip) return;
    const ChannelBlocks blocks = Blocks(o_.input_size());
    LaunchKernel(queue_, StorePoolingGradient<Gradient>, blocks.grid(), blocks,
                 gradients, gradient, args.dx_mode, args.dx);
  }

  const FusedPoolingOptions o_;
  const PoolingWindows windows_;
  CudaQueue& queue_;
};

}  // namespace

std::unique_ptr<FusedPoolingKernel> MakeFusedPoolingCuda(
    const FusedPoolingOptions& options, CudaQueue& queue) {
  return std::make_unique<FusedPoolingCuda>(options, queue);
}

}  // namespace tamp
