// Feature maps for tests, in any order in memory.

#ifndef TAMP_TESTS_UTIL_TEST_MAPS_H_
#define TAMP_TESTS_UTIL_TEST_MAPS_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "core/rng.h"
#include "core/shape.h"
#include "kernels/strided.h"
#include "tests/util/test_tensor.h"

namespace tamp {

// How feature maps lie in memory.
enum class MapOrder {
  kDense,    // NCHW
  kPadded,   // NCHW with gaps behind channels and images
  kAdjoined  // CNHW: the images of a channel adjoin; gaps behind channels
};

// Feature maps of any layout, with canaries in the gaps.
template <typename T>
class TestMaps {
 public:
  TestMaps(int64_t num, int64_t channels, int64_t height, int64_t width,
           MapOrder order)
      : adjoins_(order == MapOrder::kAdjoined),
        tensor_(adjoins_ ? Shape{channels, num, height, width}
                         : Shape{num, channels, height, width},
                order == MapOrder::kDense    ? Padding{}
                : order == MapOrder::kPadded ? Padding{3, 7}
                                             : Padding{0, 5}) {}

  TestTensor<T>& tensor() { return tensor_; }
  Strided<T> strided() {
    Strided<T> maps = tensor_.strided();
    if (adjoins_) std::swap(maps.image_stride, maps.channel_stride);
    return maps;
  }

 private:
  bool adjoins_;
  TestTensor<T> tensor_;
};

// Multiples of 1/64 from -1 to 1: their products are exact in float.
template <typename T>
std::vector<T> RandomGrid(int64_t count, RandomStream* random) {
  std::vector<T> values(count);
  for (T& value : values) {
    value = T(static_cast<double>(random->UniformInt(129)) / 64 - 1);
  }
  return values;
}

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_TEST_MAPS_H_
