#include "layers/tensor_copy.h"

#include <cstdint>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "core/device/buffer.h"
#include "core/device/device.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/tensor.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::Each;

constexpr int64_t kFloats = 100;

// Views of 2 images, 3 channels and 2x2 pixels in 100 floats.
class TensorCopyTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(memory_, device()->Allocate(kFloats * sizeof(float)));
  }

  Device* device() const { return device_.get(); }
  View MakeView(int64_t image_stride, int64_t channel_stride) const {
    return {memory_.floats(), Shape({2, 3, 2, 2}), image_stride,
            channel_stride};
  }
  std::vector<float> Memory() {
    return CopyToHost(View::Dense(memory_.floats(), Shape({kFloats})),
                      device());
  }

  // NCHW, CNHW, a slice of a larger tensor, and gaps everywhere.
  const std::vector<std::pair<int64_t, int64_t>> strides_ = {
      {12, 4}, {4, 8}, {20, 4}, {5, 10}, {30, 9}};
  const std::shared_ptr<Device> device_ =
      GetParam().make_backend(/*num_threads=*/1).device;
  Buffer memory_;
};
INSTANTIATE_TEST_SUITE_P(Devices, TensorCopyTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(TensorCopyTest, BringsElementsThereAndBackInRowMajorOrder) {
  std::vector<float> elements(24);
  std::iota(elements.begin(), elements.end(), 1.0f);
  for (const auto& [image_stride, channel_stride] : strides_) {
    const View view = MakeView(image_stride, channel_stride);
    FillView(View::Dense(memory_.floats(), Shape({kFloats})), 0, device());
    CopyFromHost(elements, device(), view);
    EXPECT_EQ(CopyToHost(view, device()), elements);
    std::vector<float> expected(kFloats, 0);
    for (int64_t i = 0; i < 24; ++i) {
      expected[i / 12 * image_stride + i / 4 % 3 * channel_stride + i % 4] =
          elements[i];
    }
    EXPECT_EQ(Memory(), expected) << image_stride << " " << channel_stride;
  }
}

TEST_P(TensorCopyTest, FillsTheViewAndNothingElse) {
  for (const auto& [image_stride, channel_stride] : strides_) {
    const View view = MakeView(image_stride, channel_stride);
    FillView(View::Dense(memory_.floats(), Shape({kFloats})), 0, device());
    FillView(view, 7, device());
    EXPECT_THAT(CopyToHost(view, device()), Each(7));
    const std::vector<float> memory = Memory();
    EXPECT_EQ(std::accumulate(memory.begin(), memory.end(), 0.0f), 24 * 7);
  }
}

TEST_P(TensorCopyTest, CopiesIntoMemoryOfTheHostThatIsThere) {
  const View view = MakeView(30, 9);
  FillView(view, 3, device());
  std::vector<float> elements(24);
  CopyToHost(view, device(), absl::MakeSpan(elements));
  EXPECT_THAT(elements, Each(3));
}

}  // namespace
}  // namespace tamp
