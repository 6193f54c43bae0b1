// A convolution is computed either from the columns of its input, or, mirrored,
// from those of its output: with stride 1, x is a correlation of dy and dy of x
// alike, with the kernel turned round and the roles of channels and outputs
// exchanged. In terms of the mirrored convolution, Forward is an input gradient
// and the input gradient is a forward; both gradients then share one set of
// columns. The side with fewer channels has fewer columns: a layer of a dense
// block reads hundreds of channels and makes a dozen.
//
// A tile of work is a range of images. Each tile has its own scratch memory and
// its own sum of the weight gradient; the sums are added in the order of tiles.

#include "layers/convolution/convolution_cpu.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/cpu/cpu_device.h"
#include "core/status_macros.h"
#include "core/threads/tiles.h"
#include "kernels/cpu/product_precision_cpu.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"
#include "layers/convolution/columns.h"
#include "layers/convolution/convolution_cpu_bf16.h"
#include "layers/convolution/convolution_cpu_products.h"

namespace tamp {
namespace {

constexpr int64_t kMaxTiles = 16;
// Bound on the memory of all tiles' weight gradients.
constexpr int64_t kMaxPartialElements = 64 * 1024 * 1024 / sizeof(float);

// Where mirroring is possible and worth it.
bool IsMirrored(const ConvolutionOptions& o) {
  return o.stride_h == 1 && o.stride_w == 1 &&
         o.pad_h <= o.dilation_h * (o.kernel_h - 1) &&
         o.pad_w <= o.dilation_w * (o.kernel_w - 1) &&
         o.kernel_h * o.kernel_w > 1 && o.num_output < o.channels;
}

// The convolution that takes dy to dx.
ConvolutionOptions Mirror(const ConvolutionOptions& o) {
  ConvolutionOptions mirror = o;
  mirror.channels = o.num_output;
  mirror.num_output = o.channels;
  mirror.height = o.output_h();
  mirror.width = o.output_w();
  mirror.pad_h = o.dilation_h * (o.kernel_h - 1) - o.pad_h;
  mirror.pad_w = o.dilation_w * (o.kernel_w - 1) - o.pad_w;
  return mirror;
}

ConvolutionOptions OneGroup(ConvolutionOptions options) {
  options.channels /= options.group;
  options.num_output /= options.group;
  options.group = 1;
  return options;
}

template <typename T>
Planes<T> PlanesAt(Strided<T> x, int64_t image, int64_t channel) {
  return {x.at(image, channel), x.channel_stride};
}

class ConvolutionCpu : public ConvolutionKernel {
 public:
  ConvolutionCpu(const ConvolutionOptions& options, const CpuDevice& device)
      : options_(options),
        device_(device),
        mirrored_(IsMirrored(options)),
        products_(OneGroup(mirrored_ ? Mirror(options) : options)),
        group_channels_(options.channels / options.group),
        group_outputs_(options.num_output / options.group),
        taps_(options.kernel_h * options.kernel_w),
        weight_elements_(options.num_output * options.fan_in()),
        num_tiles_(std::min(
            {options.num, kMaxTiles,
             std::max<int64_t>(1, kMaxPartialElements / weight_elements_)})) {}

  // Workspace: the mirrored weight, then the scratch of each tile, then, in
  // Backward, the weight gradient of each tile.
  int64_t forward_workspace_bytes() const override {
    return (MirrorElements() + num_tiles_ * products_.scratch_elements()) *
           int64_t{sizeof(float)};
  }
  int64_t backward_workspace_bytes() const override {
    return forward_workspace_bytes() +
           num_tiles_ * weight_elements_ * int64_t{sizeof(float)};
  }

  void Forward(const ConvolutionForwardArgs<float>& args) override {
    const float* weight = ProductWeight(args.w, args.workspace);
    device_.ParallelFor(num_tiles_, [&](int64_t tile) {
      const Range images = TileRange(options_.num, num_tiles_, tile);
      float* scratch = TileScratch(args.workspace, tile);
      for (int64_t n = images.begin; n < images.end; ++n) {
        if (args.bias != nullptr) FillBias(args, n);
        for (int64_t g = 0; g < options_.group; ++g) {
          ForwardGroup(args, GroupWeight(weight, g), n, g, scratch);
        }
      }
    });
  }

  void Backward(const ConvolutionBackwardArgs<float>& args) override {
    const bool wants_dw = args.dw_mode != GradMode::kSkip;
    if (wants_dw || args.dx_mode != GradMode::kSkip) Products(args);
    if (wants_dw) AddWeightGrads(args);
    if (args.dbias_mode != GradMode::kSkip) BiasGrad(args);
  }

 private:
  // dx, and each tile's weight gradient.
  void Products(const ConvolutionBackwardArgs<float>& args) const {
    const float* weight = ProductWeight(args.w, args.workspace);
    const bool wants_dw = args.dw_mode != GradMode::kSkip;
    device_.ParallelFor(num_tiles_, [&](int64_t tile) {
      const Range images = TileRange(options_.num, num_tiles_, tile);
      float* scratch = TileScratch(args.workspace, tile);
      float* dw = TileWeightGrad(args.workspace, tile);
      if (wants_dw) {
        std::fill(dw, dw + weight_elements_, 0.0f);
      }
      for (int64_t n = images.begin; n < images.end; ++n) {
        for (int64_t g = 0; g < options_.group; ++g) {
          BackwardGroup(args, GroupWeight(weight, g), n, g, scratch,
                        GroupWeight(dw, g));
        }
      }
    });
  }

  int64_t MirrorElements() const { return mirrored_ ? weight_elements_ : 0; }

  float* TileScratch(void* workspace, int64_t tile) const {
    return static_cast<float*>(workspace) + MirrorElements() +
           tile * products_.scratch_elements();
  }
  float* TileWeightGrad(void* workspace, int64_t tile) const {
    return TileScratch(workspace, num_tiles_) + tile * weight_elements_;
  }

  template <typename T>
  T* GroupWeight(T* weight, int64_t group) const {
    return weight + group * group_outputs_ * group_channels_ * taps_;
  }

  // Index, in the weight of the mirrored convolution, of element (k, c, tap) of
  // a group's weight.
  int64_t MirrorIndex(int64_t k, int64_t c, int64_t tap) const {
    return (c * group_outputs_ + k) * taps_ + (taps_ - 1 - tap);
  }

  // Calls visit(index in the weight, index in the products' weight) for each
  // weight of output k of all groups.
  template <typename Visit>
  void ForEachWeight(int64_t k, Visit visit) const {
    const int64_t group = k / group_outputs_;
    const int64_t offset = group * group_outputs_ * group_channels_ * taps_;
    int64_t index = k * group_channels_ * taps_;
    for (int64_t c = 0; c < group_channels_; ++c) {
      for (int64_t tap = 0; tap < taps_; ++tap, ++index) {
        visit(index, mirrored_
                         ? offset + MirrorIndex(k % group_outputs_, c, tap)
                         : index);
      }
    }
  }

  // The weight as the products want it.
  const float* ProductWeight(const float* weight, void* workspace) const {
    if (!mirrored_) return weight;
    float* mirrored = static_cast<float*>(workspace);
    for (int64_t k = 0; k < options_.num_output; ++k) {
      ForEachWeight(
          k, [&](int64_t from, int64_t to) { mirrored[to] = weight[from]; });
    }
    return mirrored;
  }

  void FillBias(const ConvolutionForwardArgs<float>& args, int64_t n) const {
    const int64_t size = options_.output_h() * options_.output_w();
    for (int64_t k = 0; k < options_.num_output; ++k) {
      float* y = args.y.at(n, k);
      std::fill(y, y + size, args.bias[k]);
    }
  }

  void ForwardGroup(const ConvolutionForwardArgs<float>& args,
                    const float* weight, int64_t n, int64_t g,
                    float* scratch) const {
    const Planes<const float> x = PlanesAt(args.x, n, g * group_channels_);
    const Planes<float> y = PlanesAt(args.y, n, g * group_outputs_);
    const bool add = args.bias != nullptr;
    if (mirrored_) {
      products_.MultiplyTransposed(x, weight, add, y, scratch);
      return;
    }
    ConvolutionProducts::ColumnProducts wanted;
    wanted.w = weight;
    wanted.y = y;
    wanted.add = add;
    products_.MultiplyColumns(x, wanted, scratch);
  }

  void BackwardGroup(const ConvolutionBackwardArgs<float>& args,
                     const float* weight, int64_t n, int64_t g, float* scratch,
                     float* dw) const {
    const Planes<const float> x = PlanesAt(args.x, n, g * group_channels_);
    const Planes<const float> dy = PlanesAt(args.dy, n, g * group_outputs_);
    const bool wants_dx = args.dx_mode != GradMode::kSkip;
    const bool add = args.dx_mode == GradMode::kAdd;
    Planes<float> dx;
    if (wants_dx) dx = PlanesAt(args.dx, n, g * group_channels_);
    ConvolutionProducts::ColumnProducts wanted;
    if (args.dw_mode != GradMode::kSkip) wanted.dw = dw;
    if (mirrored_) {
      wanted.dy = x;
      if (wants_dx) wanted.w = weight;
      wanted.y = dx;
      wanted.add = add;
      products_.MultiplyColumns(dy, wanted, scratch);
      return;
    }
    wanted.dy = dy;
    if (wanted.dw != nullptr) products_.MultiplyColumns(x, wanted, scratch);
    if (wants_dx) products_.MultiplyTransposed(dy, weight, add, dx, scratch);
  }

  void AddWeightGrads(const ConvolutionBackwardArgs<float>& args) const {
    device_.ParallelFor(options_.num_output, [&](int64_t k) {
      ForEachWeight(k, [&](int64_t to, int64_t from) {
        float sum = 0;
        for (int64_t tile = 0; tile < num_tiles_; ++tile) {
          sum += TileWeightGrad(args.workspace, tile)[from];
        }
        StoreGrad(args.dw_mode, sum, args.dw + to);
      });
    });
  }

  void BiasGrad(const ConvolutionBackwardArgs<float>& args) const {
    const int64_t size = options_.output_h() * options_.output_w();
    device_.ParallelFor(options_.num_output, [&](int64_t k) {
      double sum = 0;
      for (int64_t n = 0; n < options_.num; ++n) {
        const float* dy = args.dy.at(n, k);
        for (int64_t s = 0; s < size; ++s) sum += dy[s];
      }
      StoreGrad(args.dbias_mode, static_cast<float>(sum), args.dbias + k);
    });
  }

  const ConvolutionOptions options_;
  const CpuDevice& device_;
  const bool mirrored_;
  const ConvolutionProducts products_;
  const int64_t group_channels_, group_outputs_;
  const int64_t taps_;
  const int64_t weight_elements_;
  const int64_t num_tiles_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ConvolutionKernel>> MakeConvolutionCpu(
    const ConvolutionOptions& options, Device& device) {
  const CpuDevice& cpu = AsCpu(device);
  ASSIGN_OR_RETURN(const ProductPrecision precision,
                   PrecisionOnCpu(options.precision));
  auto float32 = std::make_unique<ConvolutionCpu>(options, cpu);
  if (precision == ProductPrecision::kFloat32) return float32;
  return MakeConvolutionCpuBf16(options, cpu, std::move(float32));
}

}  // namespace tamp
