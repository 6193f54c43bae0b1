// A channel of an image is pooled on its own; a tile of work is a range of such
// planes. The 2x2 mean with stride 2 of DenseNet's transitions and the mean of
// a whole map have loops of their own; pooling_cpu_windows.h has those of other
// small windows.

#include "layers/pooling/pooling_cpu.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/cpu/cpu_device.h"
#include "core/threads/tiles.h"
#include "kernels/cpu/sums.h"
#include "kernels/grad_mode.h"
#include "layers/pooling/pooling_cpu_windows.h"

namespace tamp {
namespace {

constexpr int64_t kMaxTiles = 64;

using Window = PoolingAxis::Window;

// Windows of two elements side by side that cover the axis.
bool IsHalving(const PoolingAxis& axis) {
  return axis.kernel == 2 && axis.stride == 2 && axis.pad == 0 &&
         axis.extent % 2 == 0;
}

bool IsWhole(const PoolingAxis& axis) {
  return axis.kernel == axis.extent && axis.pad == 0;
}

class PoolingCpu : public PoolingKernel {
 public:
  PoolingCpu(const PoolingOptions& options, const CpuDevice& device)
      : options_(options),
        device_(device),
        is_max_(options.method == PoolingOptions::Method::kMax),
        is_halving_(IsHalving(options.height) && IsHalving(options.width)),
        is_whole_(IsWhole(options.height) && IsWhole(options.width)),
        has_vector_windows_(HasVectorWindows(options)),
        input_w_(options.width.extent),
        input_size_(options.height.extent * options.width.extent),
        output_h_(options.height.num_windows()),
        output_w_(options.width.num_windows()) {}

  void Forward(const PoolingForwardArgs<float>& args) override {
    ForEachPlane([&](int64_t n, int64_t c, int64_t plane) {
      const float* x = args.x.at(n, c);
      float* y = args.y.at(n, c);
      if (is_max_) {
        Max(x, y, args.argmax + plane * output_h_ * output_w_);
      } else if (is_halving_) {
        AverageHalves(x, y);
      } else if (is_whole_) {
        *y = static_cast<float>(Sum(x, input_size_) / double(input_size_));
      } else if (has_vector_windows_) {
        AverageOfWindows(options_, x, y);
      } else {
        AverageWindows(x, y);
      }
    });
  }

  void Backward(const PoolingBackwardArgs<float>& args) override {
    if (args.dx_mode == GradMode::kSkip) return;
    const bool add = args.dx_mode == GradMode::kAdd;
    ForEachPlane([&](int64_t n, int64_t c, int64_t plane) {
      const float* dy = args.dy.at(n, c);
      float* dx = args.dx.at(n, c);
      if (!is_max_ && is_halving_) {
        SpreadHalves(dy, add, dx);
        return;
      }
      if (!add) std::fill(dx, dx + input_size_, 0.0f);
      if (is_max_) {
        AddToChosen(dy, args.argmax + plane * output_h_ * output_w_, dx);
      } else if (has_vector_windows_ && !is_whole_) {
        AddToTaps(dy, dx);
      } else {
        AddToWindows(dy, dx);
      }
    });
  }

 private:
  // Calls body(n, c, index of the plane) for all planes.
  template <typename Body>
  void ForEachPlane(Body body) const {
    const int64_t num_planes = options_.num * options_.channels;
    const int64_t num_tiles = std::min(num_planes, kMaxTiles);
    device_.ParallelFor(num_tiles, [&](int64_t tile) {
      const Range planes = TileRange(num_planes, num_tiles, tile);
      for (int64_t plane = planes.begin; plane < planes.end; ++plane) {
        body(plane / options_.channels, plane % options_.channels, plane);
      }
    });
  }

  void Max(const float* x, float* y, int32_t* argmax) const {
    if (has_vector_windows_) {
      MaxOfWindows(options_, x, y, argmax);
      return;
    }
    for (int64_t i = 0; i < output_h_; ++i) {
      const Window rows = options_.height.window(i);
      for (int64_t j = 0; j < output_w_; ++j) {
        const int64_t best = MaxOfWindow(x, rows, options_.width.window(j));
        *y++ = x[best];
        *argmax++ = static_cast<int32_t>(best);
      }
    }
  }

  int64_t MaxOfWindow(const float* x, Window rows, Window columns) const {
    int64_t best = rows.begin * input_w_ + columns.begin;
    float largest = x[best];
    for (int64_t h = rows.begin; h < rows.end; ++h) {
      for (int64_t w = columns.begin; w < columns.end; ++w) {
        const float value = x[h * input_w_ + w];
        // False only where largest is as large; a NaN is never replaced.
        if (!(value <= largest) && !std::isnan(largest)) {
          best = h * input_w_ + w;
          largest = value;
        }
      }
    }
    return best;
  }

  void AddToChosen(const float* dy, const int32_t* argmax, float* dx) const {
    for (int64_t s = 0; s < output_h_ * output_w_; ++s) dx[argmax[s]] += dy[s];
  }

  void AverageHalves(const float* x, float* y) const {
    for (int64_t i = 0; i < output_h_; ++i) {
      const float* above = x + 2 * i * input_w_;
      const float* below = above + input_w_;
      float* row = y + i * output_w_;
      for (int64_t j = 0; j < output_w_; ++j) {
        row[j] = 0.25f * ((above[2 * j] + above[2 * j + 1]) +
                          (below[2 * j] + below[2 * j + 1]));
      }
    }
  }

  void SpreadHalves(const float* dy, bool add, float* dx) const {
    for (int64_t h = 0; h < options_.height.extent; ++h) {
      const float* from = dy + h / 2 * output_w_;
      float* to = dx + h * input_w_;
      for (int64_t j = 0; j < output_w_; ++j) {
        const float share = 0.25f * from[j];
        to[2 * j] = add ? to[2 * j] + share : share;
        to[2 * j + 1] = add ? to[2 * j + 1] + share : share;
      }
    }
  }

  void AverageWindows(const float* x, float* y) const {
    for (int64_t i = 0; i < output_h_; ++i) {
      const Window rows = options_.height.window(i);
      for (int64_t j = 0; j < output_w_; ++j) {
        const Window columns = options_.width.window(j);
        float sum = 0;
        for (int64_t h = rows.begin; h < rows.end; ++h) {
          for (int64_t w = columns.begin; w < columns.end; ++w) {
            sum += x[h * input_w_ + w];
          }
        }
        *y++ = sum / static_cast<float>(rows.size * columns.size);
      }
    }
  }

  void AddToWindows(const float* dy, float* dx) const {
    for (int64_t i = 0; i < output_h_; ++i) {
      const Window rows = options_.height.window(i);
      for (int64_t j = 0; j < output_w_; ++j) {
        const Window columns = options_.width.window(j);
        const float share =
            *dy++ / static_cast<float>(rows.size * columns.size);
        for (int64_t h = rows.begin; h < rows.end; ++h) {
          for (int64_t w = columns.begin; w < columns.end; ++w) {
            dx[h * input_w_ + w] += share;
          }
        }
      }
    }
  }

  // The same tap by tap of a row of windows: long loops for small windows.
  void AddToTaps(const float* dy, float* dx) const {
    constexpr int64_t kChunk = 128;
    float shares[kChunk];
    for (int64_t i = 0; i < output_h_; ++i) {
      const Window rows = options_.height.window(i);
      for (int64_t begin = 0; begin < output_w_; begin += kChunk) {
        const int64_t end = std::min(begin + kChunk, output_w_);
        for (int64_t j = begin; j < end; ++j) {
          const int64_t size = rows.size * options_.width.window(j).size;
          shares[j - begin] = *dy++ / static_cast<float>(size);
        }
        for (int64_t h = rows.begin; h < rows.end; ++h) {
          AddRow({begin, end}, shares, dx + h * input_w_);
        }
      }
    }
  }

  // Adds the shares of a range of windows to a row of the map.
  void AddRow(Range windows, const float* shares, float* row) const {
    const int64_t stride = options_.width.stride;
    for (int64_t tap = 0; tap < options_.width.kernel; ++tap) {
      const int64_t column = tap - options_.width.pad;  // of window 0
      const int64_t outside = std::max<int64_t>(-column, 0);
      const int64_t begin =
          std::max(windows.begin, (outside + stride - 1) / stride);
      const int64_t end =
          std::min(windows.end, (input_w_ - column + stride - 1) / stride);
      if (stride == 1) {
        for (int64_t j = begin; j < end; ++j) {
          row[column + j] += shares[j - windows.begin];
        }
      } else {
        for (int64_t j = begin; j < end; ++j) {
          row[column + j * stride] += shares[j - windows.begin];
        }
      }
    }
  }

  const PoolingOptions options_;
  const CpuDevice& device_;
  const bool is_max_, is_halving_, is_whole_, has_vector_windows_;
  const int64_t input_w_, input_size_;
  const int64_t output_h_, output_w_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PoolingKernel>> MakePoolingCpu(
    const PoolingOptions& options, Device& device) {
  return std::make_unique<PoolingCpu>(options, AsCpu(device));
}

}  // namespace tamp
