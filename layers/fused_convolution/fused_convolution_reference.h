// The fused convolution in plain loops: the definition that fast kernels are
// held against. Sums run in double.

#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_REFERENCE_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_REFERENCE_H_

#include <cmath>
#include <cstdint>
#include <vector>

#include "kernels/bf16.h"
#include "kernels/fused_norm.h"
#include "kernels/fused_norm_reference.h"
#include "kernels/grad_mode.h"
#include "kernels/product_precision.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

// A dense array num x channels x height x width of doubles.
struct DenseMaps {
  DenseMaps(int64_t num, int64_t channels, int64_t height, int64_t width)
      : channels(channels),
        height(height),
        width(width),
        data(num * channels * height * width) {}

  int64_t size() const { return height * width; }
  double& at(int64_t n, int64_t c, int64_t s) {
    return data[(n * channels + c) * size() + s];
  }

  int64_t channels, height, width;
  std::vector<double> data;
};

// Calls visit(n, c, s, u) for all elements of x that z takes part in: u is the
// position in z, s in x.
template <typename Visit>
void ForEachLoad(const FusedConvolutionOptions& o, Visit visit) {
  const int64_t step = o.pools ? 2 : 1;
  for (int64_t n = 0; n < o.num; ++n) {
    for (int64_t c = 0; c < o.channels; ++c) {
      for (int64_t h = 0; h < o.height / step * step; ++h) {
        for (int64_t w = 0; w < o.width / step * step; ++w) {
          visit(n, c, h * o.width + w, h / step * (o.width / step) + w / step);
        }
      }
    }
  }
}

// z of the right size, all zeros.
inline DenseMaps InputMaps(const FusedConvolutionOptions& o) {
  const int64_t step = o.pools ? 2 : 1;
  return DenseMaps(o.num, o.channels, o.height / step, o.width / step);
}

// Calls visit(n, k, y position, c, z position, weight) for all products.
template <typename Visit>
void ForEachProduct(const FusedConvolutionOptions& o, Visit visit) {
  const int64_t pad = o.gathers ? o.pad : o.kernel / 2;
  const int64_t step = o.pools ? 2 : 1;
  const int64_t height = o.height / step, width = o.width / step;
  for (int64_t n = 0; n < o.num; ++n) {
    for (int64_t k = 0; k < o.num_output; ++k) {
      for (int64_t c = 0; c < o.channels; ++c) {
        for (int64_t t = 0; t < o.taps(); ++t) {
          const int64_t down = t / o.kernel - pad, right = t % o.kernel - pad;
          for (int64_t i = 0; i < o.output_size(); ++i) {
            const int64_t h = i / o.output_w() * o.stride + down;
            const int64_t w = i % o.output_w() * o.stride + right;
            if (h < 0 || h >= height || w < 0 || w >= width) continue;
            visit(n, k, i, c, h * width + w,
                  (k * o.channels + c) * o.taps() + t);
          }
        }
      }
    }
  }
}

// scale * x + shift in the precision of T, as the kernels compute it. The
// norm's terms must be there.
template <typename Args>
double NormalizedElement(const FusedConvolutionOptions& o, const Args& args,
                         int64_t n, int64_t c, int64_t s) {
  const auto terms = FusedNormTermsAt(args.norm.terms, o.channels);
  return terms.scale[c] * args.x.at(n, c)[s] + terms.shift[c];
}

// `value` as it enters a product.
inline double ProductFactor(const FusedConvolutionOptions& o, double value) {
  return o.precision == ProductPrecision::kBf16
             ? RoundToBf16(static_cast<float>(value))
             : value;
}

template <typename Args>
DenseMaps ConvolutionInput(const FusedConvolutionOptions& o, const Args& args) {
  DenseMaps z = InputMaps(o);
  ForEachLoad(o, [&](int64_t n, int64_t c, int64_t s, int64_t u) {
    double value = args.x.at(n, c)[s];
    if (o.normalizes) {
      value = NormalizedElement(o, args, n, c, s);
      if (!(value > 0)) value = 0;
    }
    z.at(n, c, u) += o.pools ? value / 4 : value;
  });
  for (double& value : z.data) value = ProductFactor(o, value);
  return z;
}

inline double DropoutFactor(const FusedConvolutionOptions& o,
                            const DropoutMask& mask, int64_t n, int64_t k,
                            int64_t i) {
  return o.drops ? mask.Factor((n * o.num_output + k) * o.output_size() + i)
                 : 1;
}

// Of output k's norm, by running statistics.
template <typename T>
double OutputInverseDeviation(const FusedNormForwardArgs<T>& norm, int64_t k) {
  return 1 / std::sqrt(norm.running_variance[k] + double{norm.eps});
}
template <typename T>
T OutputShift(const FusedNormForwardArgs<T>& norm, int64_t k) {
  return T(norm.beta[k] - norm.running_mean[k] * double{norm.gamma[k]} *
                              OutputInverseDeviation(norm, k));
}

// The weight that the products take, with the scale of the norm behind them.
template <typename T>
std::vector<double> ForwardWeight(const FusedConvolutionOptions& o,
                                  const FusedConvolutionForwardArgs<T>& args) {
  const int64_t of_output = o.channels * o.taps();
  std::vector<double> w(o.num_output * of_output);
  for (int64_t i = 0; i < int64_t(w.size()); ++i) {
    w[i] = args.w[i];
    if (o.shifts_output) {
      const int64_t k = i / of_output;
      w[i] = T(w[i] * args.output_norm.gamma[k] *
               OutputInverseDeviation(args.output_norm, k));
    }
    w[i] = ProductFactor(o, w[i]);
  }
  return w;
}

// From the product to y and its statistics.
template <typename T>
void StoreOutputReference(const FusedConvolutionOptions& o,
                          const FusedConvolutionForwardArgs<T>& args,
                          DenseMaps* product) {
  for (int64_t n = 0; n < o.num; ++n) {
    for (int64_t k = 0; k < o.num_output; ++k) {
      for (int64_t i = 0; i < o.output_size(); ++i) {
        double value =
            product->at(n, k, i) * DropoutFactor(o, args.dropout, n, k, i);
        if (o.shifts_output) value += OutputShift(args.output_norm, k);
        if (o.rectifies_output && !(value > 0)) value = 0;
        args.y.at(n, k)[i] = T(value);
      }
    }
  }
  if (!o.has_statistics) return;
  for (int64_t k = 0; k < o.num_output; ++k) {
    OutputStatisticsReference(args.y, o.num, o.output_size(), k,
                              args.statistics);
  }
}

template <typename T>
void FusedConvolutionForwardReference(
    const FusedConvolutionOptions& o,
    const FusedConvolutionForwardArgs<T>& args) {
  if (o.normalizes) {
    PrepareFusedNormReference(args.norm, o.channels,
                              o.num * o.height * o.width);
  }
  const std::vector<double> w = ForwardWeight(o, args);
  DenseMaps z = ConvolutionInput(o, args);
  DenseMaps y(o.num, o.num_output, o.output_h(), o.output_w());
  ForEachProduct(
      o, [&](int64_t n, int64_t k, int64_t i, int64_t c, int64_t u,
             int64_t weight) { y.at(n, k, i) += w[weight] * z.at(n, c, u); });
  StoreOutputReference(o, args, &y);
}

template <typename T>
DenseMaps OutputGradient(const FusedConvolutionOptions& o,
                         const FusedConvolutionBackwardArgs<T>& args) {
  const double count = double(o.num) * double(o.output_size());
  DenseMaps dy(o.num, o.num_output, o.output_h(), o.output_w());
  for (int64_t n = 0; n < o.num; ++n) {
    for (int64_t k = 0; k < o.num_output; ++k) {
      for (int64_t i = 0; i < o.output_size(); ++i) {
        double value = args.g.at(n, k)[i];
        if (args.finishing.statistics != nullptr) {
          value = FinishedGradReference(args.finishing, k, count, value,
                                        args.y.at(n, k)[i]);
        }
        dy.at(n, k, i) =
            ProductFactor(o, value * DropoutFactor(o, args.dropout, n, k, i));
      }
    }
  }
  return dy;
}

// From dz after pooling to dx and the gradients of the norm.
template <typename T>
void InputGradReference(const FusedConvolutionOptions& o,
                        const FusedConvolutionBackwardArgs<T>& args,
                        DenseMaps* dz) {
  DenseMaps grad(o.num, o.channels, o.height, o.width);
  ForEachLoad(o, [&](int64_t n, int64_t c, int64_t s, int64_t u) {
    if (o.normalizes && !(NormalizedElement(o, args, n, c, s) > 0)) return;
    grad.at(n, c, s) = o.pools ? dz->at(n, c, u) / 4 : dz->at(n, c, u);
  });
  const auto norm = FusedNormTermsAt(args.norm.terms, o.channels);
  for (int64_t c = 0; c < o.channels; ++c) {
    double dgamma = 0, dbeta = 0;
    for (int64_t n = 0; n < o.num; ++n) {
      for (int64_t s = 0; s < o.height * o.width; ++s) {
        const double value = grad.at(n, c, s);
        if (args.dx_mode != GradMode::kSkip) {
          StoreGrad(args.dx_mode,
                    T(o.normalizes ? args.norm.gamma[c] * value : value),
                    args.dx.at(n, c) + s);
        }
        if (!o.normalizes) continue;
        dgamma += value * (args.x.at(n, c)[s] - norm.mean[c]) * norm.inv_std[c];
        dbeta += value;
      }
    }
    if (!o.normalizes) continue;
    StoreFusedNormGradsReference(args.norm, c, dgamma, dbeta);
  }
}

template <typename T>
void FusedConvolutionBackwardReference(
    const FusedConvolutionOptions& o,
    const FusedConvolutionBackwardArgs<T>& args) {
  DenseMaps z = ConvolutionInput(o, args), dy = OutputGradient(o, args);
  DenseMaps dz = InputMaps(o);
  std::vector<double> dw(o.num_output * o.channels * o.taps());
  ForEachProduct(o, [&](int64_t n, int64_t k, int64_t i, int64_t c, int64_t u,
                        int64_t weight) {
    dz.at(n, c, u) += ProductFactor(o, args.w[weight]) * dy.at(n, k, i);
    dw[weight] += dy.at(n, k, i) * z.at(n, c, u);
  });
  InputGradReference(o, args, &dz);
  if (args.dw_mode == GradMode::kSkip) return;
  for (size_t i = 0; i < dw.size(); ++i) {
    StoreGrad(args.dw_mode, T(dw[i]), args.dw + i);
  }
}

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_REFERENCE_H_
