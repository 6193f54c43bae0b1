#include "kernels/cpu/copy_cpu.h"

#include <cstdint>
#include <vector>

#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

Extents ExtentsOf(const Shape& shape) {
  return {shape.num(), shape.channels(), shape.spatial()};
}

TEST(CopyCpuTest, CopiesAndAddsABlock) {
  // The middle 2 x 3 of 4 x 5 rows and columns, in channels 1 and 2 of 4.
  const Shape whole = {3, 4, 20}, part = {3, 2, 6};
  const CopyBlock block = {3, 2, 2, 3, 5, 3};
  for (const int threads : {1, 3}) {
    CpuDevice device(threads);
    const auto kernel = MakeCopyCpu(device).value();
    RandomStream random(1);
    TestTensor<float> x(whole, {3, 7}), y(part, {1, 2});
    x.FillRandom(&random);
    Strided<const float> start = x.strided();
    start.data = x.at(0, 1) + 5 + 1;
    for (const GradMode mode : {GradMode::kWrite, GradMode::kAdd}) {
      y.Fill(9);
      kernel->Copy(block, start, y.strided(), mode);
      const float before = mode == GradMode::kAdd ? 9 : 0;
      for (int64_t n = 0; n < 3; ++n) {
        for (int64_t c = 0; c < 2; ++c) {
          for (int64_t s = 0; s < 6; ++s) {
            EXPECT_EQ(y.at(n, c)[s],
                      before + x.at(n, c + 1)[(1 + s / 3) * 5 + 1 + s % 3]);
          }
        }
      }
      EXPECT_TRUE(y.PaddingIsUntouched());
    }
  }
}

TEST(CopyCpuTest, SetsABlockToZero) {
  CpuDevice device(3);
  const auto kernel = MakeCopyCpu(device).value();
  TestTensor<float> y({2, 3, 10}, {1, 2});
  y.Fill(7);
  Strided<float> start = y.strided();
  start.data = y.at(0, 1) + 2;
  CopyBlock block;
  block.num = block.channels = block.rows = 2;
  block.columns = 3;
  block.y_row_pitch = 5;
  kernel->SetZero(block, start);
  for (int64_t n = 0; n < 2; ++n) {
    for (int64_t c = 0; c < 3; ++c) {
      for (int64_t s = 0; s < 10; ++s) {
        EXPECT_EQ(y.at(n, c)[s], c >= 1 && s % 5 >= 2 ? 0 : 7);
      }
    }
  }
  EXPECT_TRUE(y.PaddingIsUntouched());
}

TEST(CopyCpuTest, SkipAndSameElementsDoNothing) {
  CpuDevice device(1);
  const auto kernel = MakeCopyCpu(device).value();
  TestTensor<float> x({2, 3, 4}), y({2, 3, 4});
  x.Fill(1);
  y.Fill(2);
  const CopyBlock block = {2, 3, 1, 4, 4, 4};
  kernel->Copy(block, x.strided(), y.strided(), GradMode::kSkip);
  EXPECT_EQ(y.ToVector(), std::vector<float>(24, 2));
  kernel->Copy(block, y.strided(), y.strided(), GradMode::kWrite);
  EXPECT_EQ(y.ToVector(), std::vector<float>(24, 2));
}

TEST(CopyCpuTest, KeepsRowMajorOrderBetweenShapes) {
  const Shape shapes[] = {{2, 3, 4, 5}, {120},       {6, 20},
                          {2, 60},      {1, 1, 120}, {5, 4, 6}};
  for (const int threads : {1, 3}) {
    CpuDevice device(threads);
    const auto kernel = MakeCopyCpu(device).value();
    for (const Shape& from : shapes) {
      for (const Shape& to : shapes) {
        for (const Padding& padding :
             {Padding{}, Padding{0, 3}, Padding{2, 5}}) {
          RandomStream random(2);
          TestTensor<float> x(from, padding), y(to, {padding.image, 1});
          x.FillRandom(&random);
          y.Fill(0);
          for (const float factor : {1.0f, 2.0f}) {
            kernel->CopyInOrder(
                x.strided(), ExtentsOf(from), y.strided(), ExtentsOf(to),
                factor == 1 ? GradMode::kWrite : GradMode::kAdd);
            std::vector<float> expected = x.ToVector();
            for (float& value : expected) value *= factor;
            EXPECT_EQ(y.ToVector(), expected);
          }
          EXPECT_TRUE(y.PaddingIsUntouched());
        }
      }
    }
  }
}

}  // namespace
}  // namespace tamp
