// Convolutions of dense arrays of double, by plain loops.

#ifndef TAMP_TESTS_CUDA_SIM_MATH_CONVOLUTION_H_
#define TAMP_TESTS_CUDA_SIM_MATH_CONVOLUTION_H_

#include <array>
#include <cstdint>
#include <vector>

namespace tamp {
namespace cuda_sim {

// x is num x channels x height x width; w is outputs x channels / groups x
// filter height x filter width; y is num x outputs x y height x y width.
struct ConvolutionSizes {
  std::array<int64_t, 4> x, w, y;
  std::array<int64_t, 2> pad;  // above and left
  std::array<int64_t, 2> stride;
  std::array<int64_t, 2> dilation;
  bool is_flipped = false;  // the mathematical convolution

  int64_t num_groups() const { return x[1] / w[1]; }
};

// The returned arrays have the sizes of y, x and w.
std::vector<double> Convolve(const ConvolutionSizes& sizes,
                             const std::vector<double>& x,
                             const std::vector<double>& w);
std::vector<double> InputGradient(const ConvolutionSizes& sizes,
                                  const std::vector<double>& dy,
                                  const std::vector<double>& w);
std::vector<double> FilterGradient(const ConvolutionSizes& sizes,
                                   const std::vector<double>& x,
                                   const std::vector<double>& dy);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_MATH_CONVOLUTION_H_
