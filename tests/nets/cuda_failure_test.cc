// A GPU that breaks while a net runs: who waits learns in which layer, when
// somebody has waited there. (Of a step that nobody interrupts the first to
// wait hears of it, when all layers are through.)

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/cuda/cuda_device.h"
#include "core/cuda/on_cuda.h"
#include "core/device/device.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "layers/input/input_layer.h"
#include "layers/layer.h"
#include "layers/layer_registry.h"
#include "layers/relu/relu_cuda.h"
#include "layers/relu/relu_layer.h"
#include "net/backend.h"
#include "net/net.h"
#include "net/node_observer.h"
#include "net/planned_net.h"
#include "proto/layer.pb.h"
#include "proto/net.pb.h"
#include "tests/cuda_sim/runtime/simulated_devices.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kNet[] = R"(
  force_backward: true
  layer { name: "input" type: "Input" top: "x"
          input_param { shape { dim: 2 dim: 3 dim: 4 dim: 4 } } }
  layer { name: "relu1" type: "ReLU" bottom: "x" top: "y" }
  layer { name: "relu2" type: "ReLU" bottom: "y" top: "z" loss_weight: 1 }
)";

absl::StatusOr<std::unique_ptr<Layer>> CreateRelu(
    const LayerParameter& parameter) {
  return ReluLayer::Create(parameter, OnCuda<MakeReluCuda>);
}

constexpr LayerRow kLayers[] = {{"Input", InputLayer::Create},
                                {"ReLU", CreateRelu}};

// Waits behind each layer.
class WaitingObserver : public NodeObserver {
 public:
  explicit WaitingObserver(Device* device) : device_(device) {}

  void AfterForward(int /*node*/) override { Wait(); }
  void AfterBackward(int /*node*/) override { Wait(); }

 private:
  void Wait() { device_->Synchronize().IgnoreError(); }

  Device* const device_;
};

class CudaFailureTest : public testing::Test {
 protected:
  void SetUp() override {
    Backend backend;
    ASSERT_OK_AND_ASSIGN(backend.device, CudaDevice::Create(0));
    backend.layers = kLayers;
    NetOptions options;
    options.backend = backend;
    NetParameter parameter;
    ASSERT_TRUE(
        google::protobuf::TextFormat::ParseFromString(kNet, &parameter));
    ASSERT_OK_AND_ASSIGN(net_, Net::Create(parameter, options));
    device_ = backend.device;
    ASSERT_OK(device_->Synchronize());
  }

  const cuda_sim::ScopedSystem machine_{cuda_sim::SimulatedSystem()};
  std::shared_ptr<Device> device_;
  std::unique_ptr<Net> net_;
};

TEST_F(CudaFailureTest, NamesTheLayerForward) {
  WaitingObserver observer(device_.get());
  cuda_sim::BreakNextWork(0, cudaErrorIllegalAddress);
  net_->Forward({}, &observer);
  EXPECT_THAT(device_->Synchronize(),
              StatusIs(absl::StatusCode::kInternal,
                       AllOf(HasSubstr("cuda:0: core/cuda/"),
                             HasSubstr("(layer \"relu1\", forward): an "
                                       "illegal memory access"))));
}

TEST_F(CudaFailureTest, NamesTheLayerBackward) {
  WaitingObserver observer(device_.get());
  net_->Forward({}, &observer);
  EXPECT_OK(device_->Synchronize());
  net_->Backward({}, GradMode::kWrite);
  EXPECT_OK(device_->Synchronize());
  // The loss's own gradient is filled in before the first layer's turn.
  cuda_sim::BreakNextWork(0, cudaErrorIllegalAddress);
  net_->Backward({}, GradMode::kWrite, &observer);
  EXPECT_THAT(device_->Synchronize(),
              StatusIs(absl::StatusCode::kInternal,
                       HasSubstr("(layer \"relu2\", backward): an illegal")));
}

TEST_F(CudaFailureTest, NamesNoneWhereNobodyWaits) {
  cuda_sim::BreakNextWork(0, cudaErrorIllegalAddress);
  net_->Forward({});
  EXPECT_THAT(device_->Synchronize(),
              StatusIs(absl::StatusCode::kInternal,
                       AllOf(HasSubstr("illegal memory access"),
                             Not(HasSubstr("layer")))));
}

}  // namespace
}  // namespace tamp
