// Convolution in plain loops: the definition that fast kernels are held
// against.

#ifndef TAMP_LAYERS_CONVOLUTION_CONVOLUTION_REFERENCE_H_
#define TAMP_LAYERS_CONVOLUTION_CONVOLUTION_REFERENCE_H_

#include <cstdint>
#include <vector>

#include "kernels/grad_mode.h"
#include "layers/convolution/convolution_kernel.h"

namespace tamp {

// Calls visit(n, k, y_index, c, x_index, weight_index) for every
// multiplication: output (n, k) at spatial index y_index reads input (n, c) at
// x_index.
template <typename Visit>
void ForEachProduct(const ConvolutionOptions& o, Visit visit) {
  const int64_t group_channels = o.channels / o.group;
  const int64_t group_outputs = o.num_output / o.group;
  for (int64_t n = 0; n < o.num; ++n) {
    for (int64_t k = 0; k < o.num_output; ++k) {
      for (int64_t i = 0; i < o.output_h(); ++i) {
        for (int64_t j = 0; j < o.output_w(); ++j) {
          int64_t weight_index = k * o.fan_in();
          for (int64_t g = 0; g < group_channels; ++g) {
            const int64_t c = k / group_outputs * group_channels + g;
            for (int64_t u = 0; u < o.kernel_h; ++u) {
              for (int64_t v = 0; v < o.kernel_w; ++v, ++weight_index) {
                const int64_t h = i * o.stride_h - o.pad_h + u * o.dilation_h;
                const int64_t w = j * o.stride_w - o.pad_w + v * o.dilation_w;
                if (h < 0 || h >= o.height || w < 0 || w >= o.width) continue;
                visit(n, k, i * o.output_w() + j, c, h * o.width + w,
                      weight_index);
              }
            }
          }
        }
      }
    }
  }
}

template <typename T>
void ConvolutionForwardReference(const ConvolutionOptions& options,
                                 const ConvolutionForwardArgs<T>& args) {
  for (int64_t n = 0; n < options.num; ++n) {
    for (int64_t k = 0; k < options.num_output; ++k) {
      for (int64_t s = 0; s < options.output_h() * options.output_w(); ++s) {
        args.y.at(n, k)[s] = args.bias ? args.bias[k] : T(0);
      }
    }
  }
  ForEachProduct(options, [&](int64_t n, int64_t k, int64_t y_index, int64_t c,
                              int64_t x_index, int64_t weight_index) {
    args.y.at(n, k)[y_index] += args.w[weight_index] * args.x.at(n, c)[x_index];
  });
}

template <typename T>
void ConvolutionBackwardReference(const ConvolutionOptions& o,
                                  const ConvolutionBackwardArgs<T>& args) {
  const int64_t map = o.height * o.width;
  std::vector<T> dx(o.num * o.channels * map);
  std::vector<T> dw(o.num_output * o.fan_in()), dbias(o.num_output);
  ForEachProduct(o, [&](int64_t n, int64_t k, int64_t y_index, int64_t c,
                        int64_t x_index, int64_t weight_index) {
    const T dy = args.dy.at(n, k)[y_index];
    dx[(n * o.channels + c) * map + x_index] += args.w[weight_index] * dy;
    dw[weight_index] += dy * args.x.at(n, c)[x_index];
  });
  for (int64_t n = 0; n < o.num; ++n) {
    for (int64_t k = 0; k < o.num_output; ++k) {
      for (int64_t s = 0; s < o.output_h() * o.output_w(); ++s) {
        dbias[k] += args.dy.at(n, k)[s];
      }
    }
  }
  const auto store = [](GradMode mode, const std::vector<T>& from, T* to) {
    if (mode == GradMode::kSkip) return;
    for (size_t i = 0; i < from.size(); ++i) StoreGrad(mode, from[i], to + i);
  };
  store(args.dw_mode, dw, args.dw);
  store(args.dbias_mode, dbias, args.dbias);
  if (args.dx_mode == GradMode::kSkip) return;
  for (int64_t i = 0; i < o.num * o.channels * map; ++i) {
    StoreGrad(args.dx_mode, dx[i],
              args.dx.at(i / map / o.channels, i / map % o.channels) + i % map);
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_CONVOLUTION_CONVOLUTION_REFERENCE_H_
