// TestTensor: memory for a kernel's argument, with room to pad its strides.
//
// Everything between the elements is filled with a canary, so that a kernel
// that ignores a stride or writes past its elements is caught.

#ifndef TAMP_TESTS_UTIL_TEST_TENSOR_H_
#define TAMP_TESTS_UTIL_TEST_TENSOR_H_

#include <cstdint>
#include <vector>

#include "core/rng.h"
#include "core/shape.h"
#include "kernels/strided.h"
#include "layers/tensor.h"

namespace tamp {

// Elements left free behind each channel and behind each image.
struct Padding {
  int64_t channel = 0;
  int64_t image = 0;
};

template <typename T>
class TestTensor {
 public:
  static constexpr T kCanary = T(-12345.5);

  explicit TestTensor(const Shape& shape, Padding padding = {})
      : shape_(shape),
        channel_stride_(shape.spatial() + padding.channel),
        image_stride_(shape.channels() * channel_stride_ + padding.image),
        data_(shape.num() * image_stride_, kCanary) {
    Fill(T(0));
  }

  const Shape& shape() const { return shape_; }

  T* at(int64_t n, int64_t c) {
    return data_.data() + n * image_stride_ + c * channel_stride_;
  }

  void Fill(T value) {
    ForEach([&](T& element) { element = value; });
  }

  // Uniform in [low, high).
  void FillRandom(RandomStream* random, double low = -1, double high = 1) {
    ForEach([&](T& element) {
      element = static_cast<T>(random->Uniform(low, high));
    });
  }

  // The elements in row-major order.
  std::vector<T> ToVector() {
    std::vector<T> elements;
    ForEach([&](T& element) { elements.push_back(element); });
    return elements;
  }

  void FromVector(const std::vector<T>& elements) {
    int64_t i = 0;
    ForEach([&](T& element) { element = elements[i++]; });
  }

  bool PaddingIsUntouched() {
    std::vector<T> copy = data_;
    int64_t canaries = 0;
    for (const T value : copy) canaries += value == kCanary;
    return canaries ==
           static_cast<int64_t>(data_.size()) - shape_.num_elements();
  }

  // All of it, with what lies between the elements.
  std::vector<T>& memory() { return data_; }

  Strided<T> strided() {
    return {data_.data(), image_stride_, channel_stride_};
  }
  Strided<const T> const_strided() { return strided(); }
  TensorView<T> view() {
    return {data_.data(), shape_, image_stride_, channel_stride_};
  }

 private:
  template <typename Function>
  void ForEach(Function function) {
    for (int64_t n = 0; n < shape_.num(); ++n) {
      for (int64_t c = 0; c < shape_.channels(); ++c) {
        T* channel = at(n, c);
        for (int64_t s = 0; s < shape_.spatial(); ++s) function(channel[s]);
      }
    }
  }

  Shape shape_;
  int64_t channel_stride_;
  int64_t image_stride_;
  std::vector<T> data_;
};

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_TEST_TENSOR_H_
