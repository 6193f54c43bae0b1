// Batches on their way to a GPU: beside the work that is queued, and on time.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "core/cuda/cuda_device.h"
#include "core/cuda/on_cuda.h"
#include "core/device/buffer.h"
#include "core/device/device.h"
#include "core/device/staging.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "layers/data/data_layer.h"
#include "layers/layer.h"
#include "layers/layer_registry.h"
#include "layers/relu/relu_cuda.h"
#include "layers/relu/relu_layer.h"
#include "layers/tensor_copy.h"
#include "net/backend.h"
#include "net/net.h"
#include "net/planned_net.h"
#include "proto/layer.pb.h"
#include "proto/net.pb.h"
#include "tests/cuda_sim/runtime/queue_work.h"
#include "tests/cuda_sim/runtime/simulated_devices.h"
#include "tests/util/made_up_batches.h"
#include "tests/util/read_batch.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::Each;

TEST(CudaStagingTest, WaitsForNothingThatIsQueued) {
  ASSERT_OK_AND_ASSIGN(const auto device, CudaDevice::Create(0));
  ASSERT_OK_AND_ASSIGN(const Buffer buffer, device->Allocate(4));
  bool has_run = false;
  ASSERT_EQ(cuda_sim::QueueWork(device->queue().stream(),
                                {"step", {}, {}, [&] { has_run = true; }}),
            cudaSuccess);
  Staging& staging = *device->staging();
  int64_t ticket = -1;
  for (int i = 0; i < 3 * Staging::kNumPlaces; ++i) {
    const auto host = static_cast<float>(i);
    ticket = staging.Stage(&host, 4);
  }
  EXPECT_TRUE(staging.Take(ticket, 4, buffer.data()));
  EXPECT_FALSE(has_run);
  EXPECT_OK(device->Synchronize());
  EXPECT_TRUE(has_run);
}

// All of the memory, so that there is none to stage in.
TEST(CudaStagingTest, CopiesAtOnceWhereThereIsNoPlace) {
  cuda_sim::SimulatedSystem system;
  system.devices[0].total_bytes = 16 << 20;
  const cuda_sim::ScopedSystem machine(system);
  ASSERT_OK_AND_ASSIGN(const auto device, CudaDevice::Create(0));
  ASSERT_OK_AND_ASSIGN(const Buffer buffer, device->Allocate(10 << 20));
  const std::vector<float> host(buffer.bytes() / sizeof(float), 3);
  ASSERT_EQ(device->staging()->Stage(host.data(), buffer.bytes()), -1);
  device->CopyFromHostAsync(host.data(), buffer.bytes(), buffer.data());
  std::vector<float> back(host.size());
  device->CopyToHost(buffer.data(), buffer.bytes(), back.data());
  EXPECT_THAT(back, Each(3));
  EXPECT_OK(device->Synchronize());
}

absl::StatusOr<std::unique_ptr<Layer>> CreateRelu(
    const LayerParameter& parameter) {
  return ReluLayer::Create(parameter, OnCuda<MakeReluCuda>);
}

constexpr LayerRow kLayers[] = {{"Data", DataLayer::Create},
                                {"ReLU", CreateRelu}};

// The output of step i is that of batch i, whatever came ahead; batches that a
// ring cuts are whole.
TEST(CudaStagingTest, BatchesComeInOrder) {
  NetParameter parameter;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "layer { name: 'data' type: 'Data' top: 'x' top: 'label'"
      "        data_param { batch_size: 5 } }"
      "layer { name: 'relu' type: 'ReLU' bottom: 'x' top: 'y' }",
      &parameter));
  MadeUpOptions data;
  data.ring = 12;
  MadeUpSource expected(data, TRAIN), source(data, TRAIN);
  NetOptions options;
  ASSERT_OK_AND_ASSIGN(options.backend.device, CudaDevice::Create(0));
  options.backend.layers = kLayers;
  options.batch_source = &source;
  ASSERT_OK_AND_ASSIGN(const auto net, Net::Create(parameter, options));
  Device* const device = options.backend.device.get();
  for (int step = 0; step < 9; ++step) {
    net->Forward({});
    net->PrepareNextStep();
    Batch batch = ReadBatch(&expected, 5);
    for (float& x : batch.data) x = std::max(x, 0.0f);
    EXPECT_EQ(CopyToHost(net->value("y"), device), batch.data) << step;
    EXPECT_EQ(CopyToHost(net->value("label"), device), batch.labels) << step;
  }
  EXPECT_EQ(source.num_peeks(), 9);
  EXPECT_OK(device->Synchronize());
}

}  // namespace
}  // namespace tamp
