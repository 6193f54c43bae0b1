#include "kernels/cuda/channels_last.h"

#include <cstdint>
#include <cstring>
#include <vector>

#include "core/device/buffer.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/bf16.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/test_maps.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

class ChannelsLastTest : public CudaKernelTest {
 protected:
  std::vector<uint16_t> ToHost(const Buffer& packed, int64_t count) {
    std::vector<uint16_t> host(count);
    device().CopyToHost(packed.data(), 2 * count, host.data());
    return host;
  }
};

// Of a multiple of 1/64 with an absolute value of at most 1, which is exact.
uint16_t ToFp16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  if (value == 0) return static_cast<uint16_t>(bits >> 16);
  const uint32_t exponent = (bits >> 23 & 0xff) - 127 + 15;
  return static_cast<uint16_t>((bits >> 31) << 15 | exponent << 10 |
                               (bits >> 13 & 0x3ff));
}

TEST_P(ChannelsLastTest, PacksAndUnpacks) {
  const Shape shapes[] = {{1, 1, 1},   {2, 3, 7, 7},  {1, 32, 4, 8},
                          {3, 37, 33}, {2, 65, 1, 1}, {1, 12, 31}};
  for (const Shape& shape : shapes) {
    for (const HalfType type : {HalfType::kFp16, HalfType::kBf16}) {
      SCOPED_TRACE(testing::Message()
                   << shape.ToString() << ", type " << static_cast<int>(type));
      const Extents e = {shape.num(), shape.channels(), shape.spatial()};
      RandomStream random(3);
      const std::vector<float> numbers = RandomGrid<float>(e.count(), &random);
      DeviceTensor x = Tensor(shape, {2, 3});
      x.FromVector(numbers);
      const Buffer packed = Workspace(ChannelsLastBytes(e));
      PackChannelsLast(queue(), e, x.view().strided(), type, packed.data());
      std::vector<uint16_t> wanted(e.count());
      for (int64_t i = 0; i < e.count(); ++i) {
        const int64_t n = i / (e.channels * e.spatial);
        const int64_t c = i / e.spatial % e.channels, s = i % e.spatial;
        wanted[(n * e.spatial + s) * e.channels + c] =
            type == HalfType::kFp16 ? ToFp16(numbers[i]) : ToBf16(numbers[i]);
      }
      EXPECT_EQ(ToHost(packed, e.count()), wanted);

      DeviceTensor y = Tensor(shape, {1, 0});
      UnpackChannelsLast(queue(), e, packed.data(), type, GradMode::kWrite,
                         y.view().strided());
      EXPECT_EQ(y.ToVector(), numbers);
      UnpackChannelsLast(queue(), e, packed.data(), type, GradMode::kAdd,
                         y.view().strided());
      std::vector<float> twice = numbers;
      for (float& number : twice) number *= 2;
      EXPECT_EQ(y.ToVector(), twice);
      EXPECT_TRUE(y.PaddingIsUntouched());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, ChannelsLastTest, CudaOrders());

}  // namespace
}  // namespace tamp
