#include "kernels/cuda/copy_cuda.h"

#include <cstdint>
#include <vector>

#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/copy_kernel.h"
#include "kernels/extents.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

Extents ExtentsOf(const Shape& shape) {
  return {shape.num(), shape.channels(), shape.spatial()};
}

// A block of `rows` x `columns` from (row, column) on, in channels 1.. of a
// tensor whose channels have `height` x `width` elements.
struct Case {
  CopyBlock block;
  int64_t height, width, row, column;
  Padding padding;

  int64_t channels() const { return block.channels + 2; }
  Shape whole() const { return {block.num, channels(), height * width}; }
  Shape part() const {
    return {block.num, block.channels, block.rows * block.columns};
  }
  Strided<float> Start(Strided<float> whole) const {
    whole.data = whole.at(0, 1) + row * width + column;
    return whole;
  }

  // Calls function(index in the whole, index in the part), both row-major.
  template <typename Function>
  void ForEach(const Function& function) const {
    int64_t part = 0;
    for (int64_t n = 0; n < block.num; ++n) {
      for (int64_t c = 1; c <= block.channels; ++c) {
        for (int64_t r = row; r < row + block.rows; ++r) {
          for (int64_t i = column; i < column + block.columns; ++i) {
            function(((n * channels() + c) * height + r) * width + i, part++);
          }
        }
      }
    }
  }
};

// Parts of rows, whole rows, whole channels; one with more elements than the
// simulated device has threads.
const Case kCases[] = {{{3, 2, 2, 3, 5, 3}, 4, 5, 1, 1, {3, 7}},
                       {{2, 3, 3, 5, 5, 5}, 4, 5, 1, 0, {0, 2}},
                       {{2, 3, 4, 5, 5, 5}, 4, 5, 0, 0, {}},
                       {{1, 1, 1, 1, 2, 1}, 1, 2, 0, 1, {}},
                       {{2, 37, 7, 17, 19, 17}, 7, 19, 0, 2, {1, 1}}};

class CopyCudaTest : public CudaKernelTest {
 protected:
  // From the whole to the part.
  void CheckCut(const Case& c) {
    RandomStream random(1);
    DeviceTensor whole = Tensor(c.whole(), c.padding);
    whole.FillRandom(&random);
    const std::vector<float> from = whole.ToVector();
    DeviceTensor part = Tensor(c.part(), {1, 2});
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      if (mode != GradMode::kWrite) part.Fill(9);
      MakeCopyCuda(queue())->Copy(c.block, c.Start(whole.view().strided()),
                                  part.view().strided(), mode);
      const std::vector<float> to = part.ToVector();
      c.ForEach([&](int64_t i, int64_t k) {
        const float before = mode == GradMode::kWrite ? 0 : 9;
        const float change = mode == GradMode::kSkip ? 0 : from[i];
        EXPECT_EQ(to[k], before + change) << "element " << k;
      });
      EXPECT_TRUE(part.PaddingIsUntouched());
    }
  }

  // From the part to the whole, which stays as it was around it; and zeros.
  void CheckInsert(const Case& c) {
    RandomStream random(2);
    DeviceTensor part = Tensor(c.part(), {0, 3});
    part.FillRandom(&random);
    const std::vector<float> from = part.ToVector();
    DeviceTensor whole = Tensor(c.whole(), c.padding);
    whole.Fill(7);
    std::vector<float> expected(c.whole().num_elements(), 7);
    CopyBlock block = c.block;
    block.x_row_pitch = c.block.y_row_pitch;
    block.y_row_pitch = c.block.x_row_pitch;
    const auto kernel = MakeCopyCuda(queue());
    kernel->Copy(block, part.view().strided(), c.Start(whole.view().strided()),
                 GradMode::kWrite);
    c.ForEach([&](int64_t i, int64_t k) { expected[i] = from[k]; });
    EXPECT_EQ(whole.ToVector(), expected);
    kernel->SetZero(block, c.Start(whole.view().strided()));
    c.ForEach([&](int64_t i, int64_t) { expected[i] = 0; });
    EXPECT_EQ(whole.ToVector(), expected);
    EXPECT_TRUE(whole.PaddingIsUntouched());
  }

  void CheckInOrder(const Shape& from, Padding x_padding, const Shape& to,
                    Padding y_padding) {
    RandomStream random(3);
    DeviceTensor x = Tensor(from, x_padding), y = Tensor(to, y_padding);
    x.FillRandom(&random);
    std::vector<float> expected = x.ToVector();
    const auto kernel = MakeCopyCuda(queue());
    for (const GradMode mode :
         {GradMode::kWrite, GradMode::kAdd, GradMode::kSkip}) {
      kernel->CopyInOrder(x.view().strided(), ExtentsOf(from),
                          y.view().strided(), ExtentsOf(to), mode);
      if (mode == GradMode::kAdd) {
        for (float& value : expected) value *= 2;
      }
      EXPECT_EQ(y.ToVector(), expected);
    }
    EXPECT_TRUE(y.PaddingIsUntouched());
  }
};

TEST_P(CopyCudaTest, CopiesBlocks) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.whole().ToString());
    CheckCut(c);
    CheckInsert(c);
  }
}

TEST_P(CopyCudaTest, LeavesTheSameElementsAlone) {
  DeviceTensor x = Tensor({2, 3, 4});
  x.Fill(2);
  const CopyBlock block = {2, 3, 1, 4, 4, 4};
  const auto kernel = MakeCopyCuda(queue());
  kernel->Copy(block, x.view().strided(), x.view().strided(), GradMode::kWrite);
  EXPECT_EQ(x.ToVector(), std::vector<float>(24, 2));
}

TEST_P(CopyCudaTest, KeepsRowMajorOrderBetweenShapes) {
  const Shape shapes[] = {{2, 3, 4, 5}, {120}, {6, 20}, {1, 1, 120}, {5, 4, 6}};
  for (const Shape& from : shapes) {
    for (const Shape& to : shapes) {
      SCOPED_TRACE(from.ToString() + " to " + to.ToString());
      CheckInOrder(from, {}, to, {});
      CheckInOrder(from, {2, 5}, to, {});
      CheckInOrder(from, {}, to, {3, 1});
    }
  }
  CheckInOrder({2, 37, 7, 19}, {1, 3}, {2, 37 * 7 * 19}, {0, 2});
}

INSTANTIATE_TEST_SUITE_P(Orders, CopyCudaTest, CudaOrders());

}  // namespace
}  // namespace tamp
