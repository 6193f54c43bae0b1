#include "net/memory/order_elements.h"

#include "core/device/memory_traits.h"
#include "gtest/gtest.h"
#include "net/memory/lay_out_memory.h"
#include "tests/util/planned_graph.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

// Maps of 32x32, 16x16 and 7x7, each between two layers; and the ends.
constexpr char kNet[] = R"(
    layer { name: "data" type: "Input" top: "data"
      input_param { shape { dim: 4 dim: 3 dim: 32 dim: 32 } } }
    layer { name: "large" type: "Convolution" bottom: "data" top: "large"
      convolution_param { num_output: 5 kernel_size: 3 pad: 1 } }
    layer { name: "medium" type: "Convolution" bottom: "large" top: "medium"
      convolution_param { num_output: 5 kernel_size: 2 stride: 2 } }
    layer { name: "small" type: "Convolution" bottom: "medium" top: "small"
      convolution_param { num_output: 6 kernel_size: 3 stride: 2 } }
    layer { name: "end" type: "Convolution" bottom: "small" top: "end"
      convolution_param { num_output: 5 kernel_size: 1 } }
)";

// Maps up to 16x16 in CNHW; strides of a multiple of 4 KiB get 64 bytes more.
constexpr MemoryTraits kTraits = {64, 256, 4096, 64};

class OrderElementsTest : public testing::Test {
 protected:
  void LayOut(bool keep_all_values, const MemoryTraits& traits = kTraits) {
    ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                         PlanGraphFromText(kNet, TEST));
    LayoutOptions options;
    options.with_backward = false;
    options.keep_all_values = keep_all_values;
    options.memory = traits;
    layout_ = LayOutMemory(planned.graph, options);
    for (const char* name : {"data", "large", "medium", "small", "end"}) {
      const int storage = layout_.data[planned.value(name)].storage;
      storages_.push_back(layout_.data_storages[storage]);
    }
  }

  MemoryLayout layout_;
  std::vector<Storage> storages_;  // of the five values, in order
};

TEST_F(OrderElementsTest, OrdersMapsBySize) {
  LayOut(/*keep_all_values=*/false);
  EXPECT_EQ(storages_[1].channel_stride, 1024 + 16);
  EXPECT_EQ(storages_[1].image_stride, 5 * (1024 + 16));
  EXPECT_EQ(storages_[2].channel_stride, 4 * 256 + 16);
  EXPECT_EQ(storages_[2].image_stride, 256);
  EXPECT_EQ(storages_[3].channel_stride, 4 * 49);
  EXPECT_EQ(storages_[3].image_stride, 49);
  EXPECT_EQ(storages_[3].num_floats(), 4 * 6 * 49);
  EXPECT_EQ(storages_[2].num_floats(), 4 * (4 * 256 + 16) + 4 * 256);
}

TEST_F(OrderElementsTest, LeavesTheEndsDense) {
  LayOut(/*keep_all_values=*/false);
  EXPECT_EQ(storages_[0].channel_stride, 1024);
  EXPECT_EQ(storages_[0].image_stride, 3 * 1024);
  EXPECT_EQ(storages_[4].channel_stride, 49);
  EXPECT_EQ(storages_[4].image_stride, 5 * 49);
}

TEST_F(OrderElementsTest, TheDeviceSaysWhatIsLargeAndWhatConflicts) {
  LayOut(/*keep_all_values=*/false, {64, 49, 1024, 32});
  EXPECT_EQ(storages_[1].channel_stride, 1024 + 8);
  EXPECT_EQ(storages_[2].channel_stride, 256 + 8);
  EXPECT_EQ(storages_[2].image_stride, 5 * (256 + 8));
  EXPECT_EQ(storages_[3].channel_stride, 4 * 49);
  EXPECT_EQ(storages_[3].image_stride, 49);
}

TEST_F(OrderElementsTest, LeavesAllDenseWhereTheDeviceDoesNotCare) {
  LayOut(/*keep_all_values=*/false, MemoryTraits());
  for (const Storage& storage : storages_) {
    EXPECT_EQ(storage.channel_stride, storage.shape.spatial());
    EXPECT_EQ(storage.num_floats(), storage.shape.num_elements());
  }
}

TEST_F(OrderElementsTest, LeavesAllDenseThatIsKeptToBeReadLater) {
  LayOut(/*keep_all_values=*/true);
  for (const Storage& storage : storages_) {
    EXPECT_EQ(storage.channel_stride, storage.shape.spatial());
    EXPECT_EQ(storage.num_floats(), storage.shape.num_elements());
  }
}

}  // namespace
}  // namespace tamp
