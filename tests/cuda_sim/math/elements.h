// Tensors and matrices of the libraries' types, as dense arrays of double.

#ifndef TAMP_TESTS_CUDA_SIM_MATH_ELEMENTS_H_
#define TAMP_TESTS_CUDA_SIM_MATH_ELEMENTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tamp {
namespace cuda_sim {

enum class ElementType { kFloat, kHalf, kBfloat16 };

size_t SizeOf(ElementType type);

// What products take of their operands.
enum class Operands {
  kAsTheyAre,
  kTf32,  // 10 bits of mantissa, to nearest, ties away from zero
};

double RoundToTf32(double value);

// Where the elements of up to four dimensions lie; strides in elements.
struct Layout {
  std::array<int64_t, 4> extents;
  std::array<int64_t, 4> strides;

  int64_t num_elements() const;
  // One more than the largest offset, as no stride is negative.
  int64_t span() const;
};

// In the order of the dimensions.
std::vector<double> ReadElements(ElementType type, const Layout& layout,
                                 const void* data, Operands operands);

// Rounds each value once, to nearest.
void WriteElements(ElementType type, const Layout& layout,
                   const std::vector<double>& values, void* data);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_MATH_ELEMENTS_H_
