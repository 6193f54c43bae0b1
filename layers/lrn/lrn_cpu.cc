// A tile of work is a range of images. Each image's terms of the sums (squares
// forward, gradients backward) are written down once, then summed over the
// neighborhoods a row at a time.

#include "layers/lrn/lrn_cpu.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/cpu/cpu_device.h"
#include "core/threads/tiles.h"
#include "kernels/grad_mode.h"

namespace tamp {
namespace {

constexpr int64_t kMaxTiles = 8;

void AddRow(const float* from, int64_t count, float* to) {
  for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

class LrnCpu : public LrnKernel {
 public:
  LrnCpu(const LrnOptions& options, const CpuDevice& device)
      : options_(options),
        device_(device),
        map_(options.height * options.width),
        reach_(options.local_size / 2),
        num_tiles_(std::min(options.num, kMaxTiles)) {}

  // For each tile: the terms of an image, then a map of sums and one of sums
  // over rows.
  int64_t forward_workspace_bytes() const override {
    return num_tiles_ * TileElements() * int64_t{sizeof(float)};
  }
  int64_t backward_workspace_bytes() const override {
    return forward_workspace_bytes();
  }

  void Forward(const LrnForwardArgs<float>& args) override {
    ForEachImage(args.workspace, [&](int64_t n, float* terms) {
      for (int64_t c = 0; c < options_.channels; ++c) {
        const float* x = args.x.at(n, c);
        float* squares = terms + c * map_;
        for (int64_t s = 0; s < map_; ++s) squares[s] = x[s] * x[s];
      }
      for (int64_t c = 0; c < options_.channels; ++c) {
        ForwardChannel(args.x.at(n, c), SumNeighbors(terms, c),
                       args.scale + (n * options_.channels + c) * map_,
                       args.y.at(n, c));
      }
    });
  }

  void Backward(const LrnBackwardArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    ForEachImage(args.workspace, [&](int64_t n, float* terms) {
      for (int64_t c = 0; c < options_.channels; ++c) {
        DirectGrad(args, n, c, terms + c * map_);
      }
      const float factor =
          static_cast<float>(2 * options_.alpha_per_element() * options_.beta);
      for (int64_t c = 0; c < options_.channels; ++c) {
        const float* sums = SumNeighbors(terms, c);
        const float* x = args.x.at(n, c);
        float* dx = args.dx.at(n, c);
        for (int64_t s = 0; s < map_; ++s) dx[s] -= factor * x[s] * sums[s];
      }
    });
  }

 private:
  int64_t TileElements() const { return (options_.channels + 2) * map_; }

  // Calls body(image, the tile's memory for terms) for all images.
  template <typename Body>
  void ForEachImage(void* workspace, Body body) const {
    device_.ParallelFor(num_tiles_, [&](int64_t tile) {
      const Range images = TileRange(options_.num, num_tiles_, tile);
      float* terms = static_cast<float*>(workspace) + tile * TileElements();
      for (int64_t n = images.begin; n < images.end; ++n) body(n, terms);
    });
  }

  void ForwardChannel(const float* x, const float* sums, float* scale,
                      float* y) const {
    const float alpha = static_cast<float>(options_.alpha_per_element());
    for (int64_t s = 0; s < map_; ++s) {
      scale[s] = options_.k + alpha * sums[s];
      y[s] = x[s] * std::pow(scale[s], -options_.beta);
    }
  }

  // The first part of dx, and the terms dy * y / scale of the second.
  void DirectGrad(const LrnBackwardArgs<float>& args, int64_t n, int64_t c,
                  float* terms) const {
    const float* x = args.x.at(n, c);
    const float* dy = args.dy.at(n, c);
    const float* scale = args.scale + (n * options_.channels + c) * map_;
    float* dx = args.dx.at(n, c);
    for (int64_t s = 0; s < map_; ++s) {
      const float direct = dy[s] * std::pow(scale[s], -options_.beta);
      terms[s] = direct * x[s] / scale[s];
      StoreGrad(args.dx_mode, direct, dx + s);
    }
  }

  // The sums of channel c's neighborhoods, in the tile's memory behind the
  // terms.
  const float* SumNeighbors(float* terms, int64_t c) const {
    float* sums = terms + options_.channels * map_;
    std::fill(sums, sums + map_, 0.0f);
    if (options_.region == LrnOptions::Region::kAcrossChannels) {
      const Range range = Around(c, options_.channels);
      for (int64_t d = range.begin; d < range.end; ++d) {
        AddRow(terms + d * map_, map_, sums);
      }
    } else {
      SumWithinMap(terms + c * map_, sums + map_, sums);
    }
    return sums;
  }

  // Sums over columns, then over rows. REQUIRES: sums is 0.
  void SumWithinMap(const float* terms, float* row_sums, float* sums) const {
    const int64_t width = options_.width;
    for (int64_t h = 0; h < options_.height; ++h) {
      for (int64_t w = 0; w < width; ++w) {
        const Range range = Around(w, width);
        float sum = 0;
        for (int64_t v = range.begin; v < range.end; ++v) {
          sum += terms[h * width + v];
        }
        row_sums[h * width + w] = sum;
      }
    }
    for (int64_t h = 0; h < options_.height; ++h) {
      const Range range = Around(h, options_.height);
      for (int64_t u = range.begin; u < range.end; ++u) {
        AddRow(row_sums + u * width, width, sums + h * width);
      }
    }
  }

  Range Around(int64_t center, int64_t extent) const {
    return {std::max<int64_t>(0, center - reach_),
            std::min(extent, center + reach_ + 1)};
  }

  const LrnOptions options_;
  const CpuDevice& device_;
  const int64_t map_;    // elements of a channel
  const int64_t reach_;  // of a neighborhood to each side
  const int64_t num_tiles_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<LrnKernel>> MakeLrnCpu(const LrnOptions& options,
                                                      Device& device) {
  return std::make_unique<LrnCpu>(options, AsCpu(device));
}

}  // namespace tamp
