// What tests of the parts around a library's convolution go over.

#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_PART_TEST_CASES_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_PART_TEST_CASES_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "layers/fused_convolution/fused_convolution_reference.h"
#include "tests/util/test_maps.h"

namespace tamp {

// x and y of the same size, from one element to channels that several blocks
// share. Most of them fit pooling, too.
inline std::vector<FusedConvolutionOptions> PartSizes() {
  std::vector<FusedConvolutionOptions> sizes;
  const int64_t shapes[][4] = {{1, 1, 1, 1},
                               {1, 37, 7, 7},
                               {3, 5, 2, 3},
                               {2, 3, 17, 19},
                               {3, 2, 38, 41}};
  for (const auto& shape : shapes) {
    FusedConvolutionOptions o;
    o.num = shape[0];
    o.channels = o.num_output = shape[1];
    o.height = shape[2];
    o.width = shape[3];
    o.kernel = 1;
    sizes.push_back(o);
  }
  return sizes;
}

inline bool CanPool(const FusedConvolutionOptions& o) {
  return o.height >= 2 && o.width >= 2;
}

constexpr MapOrder kMapOrders[] = {MapOrder::kDense, MapOrder::kPadded,
                                   MapOrder::kAdjoined};

inline std::string Describe(const FusedConvolutionOptions& o, MapOrder order) {
  return std::to_string(o.num) + "x" + std::to_string(o.channels) + "x" +
         std::to_string(o.height) + "x" + std::to_string(o.width) +
         (o.normalizes ? " normalizes" : "") + (o.pools ? " pools" : "") +
         (o.drops ? " drops" : "") + (o.has_statistics ? " statistics" : "") +
         (o.shifts_output ? " shifts" : "") +
         (o.rectifies_output ? " rectifies" : "") + " order " +
         std::to_string(int(order));
}

// Dense memory of a device for `maps`, of which nothing is written yet.
inline std::vector<float> Unwritten(const DenseMaps& maps) {
  return std::vector<float>(maps.data.size(),
                            std::numeric_limits<float>::quiet_NaN());
}

inline std::vector<float> ToFloats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_PART_TEST_CASES_H_
