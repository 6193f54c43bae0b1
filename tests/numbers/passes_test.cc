// Passes keep what a net computes: loss, gradients, running statistics and the
// output in tests are those of the plain graph, whichever passes run.

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "core/rng.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "layers/tensor.h"
#include "layers/tensor_copy.h"
#include "net/backend.h"
#include "net/graph/graph.h"
#include "net/net.h"
#include "net/passes/pass.h"
#include "net/text/modules.h"
#include "proto/layer.pb.h"
#include "proto/net.pb.h"
#include "proto/text_format.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"

namespace tamp {
namespace {

using Tensors = std::map<std::string, std::vector<float>>;

void FillInputs(Net* net, Device* device) {
  RandomStream random(11);
  const View data = net->value("data");
  std::vector<float> elements(data.shape.num_elements());
  for (float& element : elements) element = random.Uniform() * 2 - 1;
  CopyFromHost(elements, device, data);
  CopyFromHost({0, 3, 6, 9}, device, net->value("label"));
}

// Memory of all values, whenever they live.
int64_t ValueBytes(const MemoryLayout& layout) {
  int64_t bytes = 0;
  for (const BufferRequest& buffer : layout.buffers) {
    if (buffer.kind == BufferRequest::Kind::kValue) bytes += buffer.bytes;
  }
  return bytes;
}

template <typename Layers>
void UseOpenBlas(Layers* layers) {
  for (LayerParameter& layer : *layers) {
    if (layer.type() != "Convolution") continue;
    layer.mutable_convolution_param()->set_engine(
        ConvolutionParameter::OPENBLAS);
  }
}

NetParameter SmallDenseNet() {
  const absl::StatusOr<NetParameter> parameter =
      ReadNetFile("tests/small_densenet.prototxt");
  EXPECT_OK(parameter);
  return *parameter;
}

// The same net, whose convolutions the passes leave alone.
NetParameter NetOnOpenBlas() {
  NetParameter parameter = SmallDenseNet();
  UseOpenBlas(parameter.mutable_layer());
  for (ModuleDefinition& module : *parameter.mutable_module()) {
    UseOpenBlas(module.mutable_layer());
  }
  return parameter;
}

// Gradients are exchanged as one piece, with what lies between them.
bool LeavesPaddingZero(const ParameterStore& store, Device* device) {
  const absl::Span<const float> gradients = store.gradients();
  std::vector<float> rest(gradients.size());
  device->CopyToHost(gradients.data(), rest.size() * sizeof(float),
                     rest.data());
  for (const Parameter& p : store.parameters()) {
    if (p.gradient == nullptr) continue;
    std::fill_n(&rest[p.gradient - gradients.data()], p.shape.num_elements(),
                0.0f);
  }
  return std::all_of(rest.begin(), rest.end(),
                     [](float element) { return element == 0; });
}

// Two training steps without update, then the output of the test net.
Tensors RunNet(const AvailableDevice& available, const NetParameter& parameter,
               absl::Span<const Pass> passes, int threads,
               int64_t* value_bytes) {
  const Backend backend = available.make_backend(threads);
  Device* const device = backend.device.get();
  NetOptions options;
  options.backend = backend;
  options.backend.passes.assign(passes.begin(), passes.end());
  absl::StatusOr<std::unique_ptr<Net>> train = Net::Create(parameter, options);
  EXPECT_OK(train);
  if (value_bytes) *value_bytes = ValueBytes((*train)->memory());
  Tensors tensors;
  FillInputs(train->get(), device);
  for (int64_t step = 0; step < 2; ++step) {
    (*train)->Forward({7, step});
    (*train)->Backward({7, step},
                       step == 0 ? GradMode::kWrite : GradMode::kAdd);
    tensors["loss" + std::to_string(step)] = {
        static_cast<float>((*train)->Loss())};
  }
  EXPECT_TRUE(LeavesPaddingZero((*train)->parameters(), device));
  for (const Parameter& p : (*train)->parameters().parameters()) {
    tensors[p.name] = CopyToHost(
        View::Dense(p.is_learned() ? p.gradient : p.data, p.shape), device);
  }
  options.phase = TEST;
  options.parameters = &(*train)->parameters();
  absl::StatusOr<std::unique_ptr<Net>> test = Net::Create(parameter, options);
  EXPECT_OK(test);
  FillInputs(test->get(), device);
  (*test)->Forward({7, 0});
  tensors["test fc"] = CopyToHost((*test)->value("fc"), device);
  return tensors;
}

class PassesTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  PassesTest() : all_passes_(GetParam().make_backend(1).passes) {}

  static Tensors RunNet(absl::Span<const Pass> passes, int threads = 1,
                        int64_t* value_bytes = nullptr) {
    return RunNet(SmallDenseNet(), passes, threads, value_bytes);
  }
  static Tensors RunNet(const NetParameter& parameter,
                        absl::Span<const Pass> passes, int threads = 1,
                        int64_t* value_bytes = nullptr) {
    return tamp::RunNet(GetParam(), parameter, passes, threads, value_bytes);
  }
  static Tensors RunNetInBf16(absl::Span<const Pass> passes, int threads) {
    NetParameter parameter = SmallDenseNet();
    parameter.set_compute(NetParameter::BF16);
    return RunNet(parameter, passes, threads);
  }

  const std::vector<Pass> all_passes_;
};
INSTANTIATE_TEST_SUITE_P(Devices, PassesTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

double LargestError(const Tensors& actual, const Tensors& expected,
                    double tolerance = 1e-4) {
  EXPECT_EQ(actual.size(), expected.size());
  double largest = 0;
  for (const auto& [name, values] : expected) {
    const auto it = actual.find(name);
    if (it == actual.end()) {
      ADD_FAILURE() << "no " << name;
      continue;
    }
    EXPECT_GT(Norm(values), 0) << name << " is all zeros";
    const double error = RelativeError(it->second, values);
    EXPECT_LT(error, tolerance) << name;
    largest = std::max(largest, error);
  }
  return largest;
}

// After two steps the weight is 0.999 * 1 + 1.
TEST_P(PassesTest, WeightedMeansCountEachStepOnce) {
  for (const auto& passes : {std::vector<Pass>(), all_passes_}) {
    const Tensors tensors = RunNet(passes);
    for (const char* layer : {"sbn", "block2/1/bn1", "block2/2/bn1"}) {
      EXPECT_THAT(tensors.at(absl::StrCat(layer, "/running_weight")),
                  testing::ElementsAre(testing::FloatEq(1.999f)));
    }
    EXPECT_EQ(tensors.count("bn/running_weight"), 0u);
  }
}

TEST_P(PassesTest, KeepWhatTheNetComputes) {
  const Tensors plain = RunNet({});
  for (size_t count = 1; count <= all_passes_.size(); ++count) {
    SCOPED_TRACE(all_passes_[count - 1].name);
    LargestError(RunNet(absl::MakeConstSpan(all_passes_).subspan(0, count), 2),
                 plain);
  }
}

// Where a batch norm keeps its block from sharing statistics, what is left of
// the passes must still be right: one that differs in eps, one that trains on
// running statistics, and one that tests on the batch's.
TEST_P(PassesTest, KeepWhatTheNetComputesWithoutSharing) {
  const absl::StatusOr<NetParameter> flat = ExpandModules(SmallDenseNet());
  ASSERT_OK(flat);
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"block1/2/bn", "eps: 1e-3"},
      {"block1/2/bn", "use_global_stats: true"},
      {"block2/1/bn2", "use_global_stats: true"},
      {"block1/2/bn", "use_global_stats: false"},
      {"sbn", "use_global_stats: false"}};
  for (const auto& [name, option] : cases) {
    SCOPED_TRACE(absl::StrCat(name, " with ", option));
    NetParameter net = *flat;
    for (LayerParameter& layer : *net.mutable_layer()) {
      if (layer.name() != name) continue;
      ASSERT_TRUE(google::protobuf::TextFormat::MergeFromString(
          option, layer.mutable_batch_norm_param()));
    }
    Tensors plain = RunNet(net, {}, 1);
    Tensors all = RunNet(net, all_passes_, 2);
    // Running statistics that training leaves alone stay 0.
    const std::string mean = absl::StrCat(name, "/running_mean");
    EXPECT_EQ(Norm(plain[mean]) == 0, absl::StrContains(option, "true"));
    EXPECT_EQ(Norm(all[mean]) == 0, absl::StrContains(option, "true"));
    if (absl::StrContains(option, "true")) {
      plain.erase(mean);
      all.erase(mean);
    }
    LargestError(all, plain);
  }
}

TEST_P(PassesTest, EachFindsSomethingInThisNet) {
  NetOptions options;
  options.backend = GetParam().make_backend(1);
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Net> net,
                       Net::Create(SmallDenseNet(), options));
  ASSERT_EQ(net->passes().size(), all_passes_.size());
  for (const auto& pass : net->passes())
    EXPECT_GT(pass.rewrites, 0) << pass.name;
}

TEST_P(PassesTest, EachAloneKeepsWhatTheNetComputes) {
  const Tensors plain = RunNet({});
  for (const Pass& pass : all_passes_) {
    SCOPED_TRACE(pass.name);
    LargestError(RunNet({pass}, 2), plain);
  }
}

int CountOfType(const Graph& graph, absl::string_view type) {
  int count = 0;
  for (const Node& node : graph.nodes) count += node.parameter.type() == type;
  return count;
}

// Our kernels against products of matrices by somebody else.
TEST_P(PassesTest, FusedConvolutionsAgreeWithOpenBlas) {
  const Tensors openblas = RunNet(NetOnOpenBlas(), all_passes_, 2);
  LargestError(RunNet(all_passes_, 2), openblas);

  NetOptions options;
  options.backend = GetParam().make_backend(1);
  const auto fused = Net::Create(SmallDenseNet(), options);
  const auto left_alone = Net::Create(NetOnOpenBlas(), options);
  ASSERT_OK(fused);
  ASSERT_OK(left_alone);
  EXPECT_EQ(CountOfType((*left_alone)->graph(), "Convolution"), 9);
  EXPECT_LT(CountOfType((*fused)->graph(), "Convolution"), 2);
}

// Rounding moves what is near 0 to the other side of ReLU. Where that is one
// element in 2^8, gradients change by the root of it, 0.06, in each layer on
// their way. (A GPU's products come out in 16 bits as well.)
constexpr double kForwardBf16 = 1e-2, kGradientBf16 = 0.4;

void ExpectCloseInBf16(const Tensors& actual, const Tensors& expected) {
  for (const auto& [name, values] : expected) {
    const bool is_gradient = name.find("weight") != std::string::npos ||
                             name.find("bias") != std::string::npos;
    EXPECT_LT(RelativeError(actual.at(name), values),
              is_gradient ? kGradientBf16 : kForwardBf16)
        << name;
  }
}

TEST_P(PassesTest, KeepWhatTheNetComputesInBf16) {
  const Tensors plain = RunNetInBf16({}, 1);
  // All but the pass that rounds elsewhere, behind the average.
  std::vector<Pass> passes;
  for (const Pass& pass : all_passes_) {
    const absl::string_view name = pass.name;
    if (name != "pool_before_convolution") passes.push_back(pass);
  }
  EXPECT_EQ(passes.size() + 1, all_passes_.size());
  LargestError(RunNetInBf16(passes, 2), plain, 1e-2);
  ExpectCloseInBf16(RunNetInBf16(all_passes_, 2), plain);
}

TEST_P(PassesTest, Bf16IsCloseToFloat32) {
  const Tensors float32 = RunNet(all_passes_, 1);
  const Tensors bf16 = RunNetInBf16(all_passes_, 1);
  ExpectCloseInBf16(bf16, float32);
  EXPECT_GT(RelativeError(bf16.at("test fc"), float32.at("test fc")), 1e-4)
      << "nothing was rounded";
}

TEST_P(PassesTest, SaveMemory) {
  int64_t plain = 0, all = 0;
  RunNet({}, 1, &plain);
  RunNet(all_passes_, 1, &all);
  EXPECT_LT(all, 0.4 * plain);
}

TEST_P(PassesTest, BitsDoNotDependOnThreads) {
  const Tensors one = RunNet(all_passes_, 1);
  EXPECT_EQ(RunNet(all_passes_, 2), one);
  EXPECT_EQ(RunNet(all_passes_, 3), one);

  const Tensors rounded = RunNetInBf16(all_passes_, 1);
  EXPECT_EQ(RunNetInBf16(all_passes_, 2), rounded);
  EXPECT_EQ(RunNetInBf16(all_passes_, 3), rounded);
}

}  // namespace
}  // namespace tamp
