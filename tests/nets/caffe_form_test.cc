// The published DenseNet-40 of Caffe is flat and spells batch normalization as
// BatchNorm + Scale. Tamp's own form of it, modules and BatchNorm with
// scale_bias, must become the same graph, the same memory and the same numbers,
// apart from the running statistics: those of each form where the file does not
// say.

#include "formats/caffe_form.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "gtest/gtest.h"
#include "layers/tensor_copy.h"
#include "net/backend.h"
#include "net/net.h"
#include "net/text/modules.h"
#include "proto/text_format.h"
#include "solvers/sgd/sgd.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"
#include "tools/runs/data_tops.h"

namespace tamp {
namespace {

struct Size {
  int batch;
  int image;   // height and width
  int layers;  // of each of the three blocks
  int growth;
  int stem;  // channels
};

constexpr Size kDenseNet40 = {64, 32, 12, 12, 64};
constexpr Size kSmall = {4, 16, 2, 4, 8};

// "$0" and so on are replaced in the texts below.
constexpr char kHead[] = R"(
  layer { name: "data" type: "Input" top: "data" top: "label" input_param {
    shape { dim: $0 dim: 3 dim: $1 dim: $1 } shape { dim: $0 } } }
  layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
    convolution_param { num_output: $2 kernel_size: 3 pad: 1 bias_term: false
      weight_filler { type: "msra" variance_norm: FAN_OUT } } }
)";

constexpr char kConvolution[] = R"(
  layer { name: "$0" type: "Convolution" bottom: "$1" top: "$2"
    convolution_param { num_output: $3 kernel_size: $4 pad: $5 bias_term: false
      weight_filler { type: "msra" variance_norm: FAN_OUT } } }
)";

constexpr char kDropout[] = R"(
  layer { name: "$0" type: "Dropout" bottom: "$1" top: "$1"
    dropout_param { dropout_ratio: 0.2 } }
)";

constexpr char kAveragePool[] = R"(
  layer { name: "$0" type: "Pooling" bottom: "$1" top: "$2"
    pooling_param { pool: AVE kernel_size: 2 stride: 2 } }
)";

constexpr char kTail[] = R"(
  layer { name: "pool" type: "Pooling" bottom: "bn" top: "pool"
    pooling_param { pool: AVE global_pooling: true } }
  layer { name: "fc" type: "InnerProduct" bottom: "pool" top: "fc"
    inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
  layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
    top: "loss" }
)";

// Writes a net layer by layer, in one form or the other.
class NetText {
 public:
  enum class Form { kCaffe, kTamp };

  explicit NetText(Form form) : form_(form) {}

  std::string DenseNet(const Size& size) {
    text_ = absl::StrCat("name: 'densenet'\n");
    if (form_ == Form::kTamp) AddModule(size.growth);
    absl::SubstituteAndAppend(&text_, kHead, size.batch, size.image, size.stem);
    std::string features = "conv1";
    int channels = size.stem;
    for (int block = 1; block <= 3; ++block) {
      features = AddBlock(block, features, size);
      channels += size.layers * size.growth;
      if (block < 3) features = AddTransition(block, features, channels);
    }
    AddNormalizedRelu("bn", "relu", features, "bn");
    return text_ + kTail;
  }

 private:
  // Batch norm with gamma and beta, and ReLU in place.
  void AddNormalizedRelu(const std::string& name, const std::string& relu,
                         const std::string& bottom, const std::string& top) {
    if (form_ == Form::kTamp) {
      absl::SubstituteAndAppend(&text_, R"(
        layer { name: "$0" type: "BatchNorm" bottom: "$1" top: "$2"
          batch_norm_param { scale_bias: true moving_average_fraction: 0.9 } }
      )",
                                name, bottom, top);
    } else {
      absl::SubstituteAndAppend(&text_, R"(
        layer { name: "$0" type: "BatchNorm" bottom: "$1" top: "$2"
          param { lr_mult: 0 decay_mult: 0 } param { lr_mult: 0 decay_mult: 0 }
          param { lr_mult: 0 decay_mult: 0 }
          batch_norm_param { moving_average_fraction: 0.9 } }
        layer { name: "$0_scale" type: "Scale" bottom: "$2" top: "$2"
          scale_param { filler { value: 1 } bias_term: true
                        bias_filler { value: 0 } } }
      )",
                                name, bottom, top);
    }
    absl::SubstituteAndAppend(&text_, R"(
      layer { name: "$0" type: "ReLU" bottom: "$1" top: "$1" }
    )",
                              relu, top);
  }

  // The names are those of a module's copy, with `prefix` "block1/2/"; inside
  // of the module the prefix is empty.
  void AddDenseLayer(const std::string& prefix, const std::string& bottom,
                     const std::string& top, int growth) {
    AddNormalizedRelu(prefix + "bn", prefix + "relu", bottom, prefix + "bn");
    absl::SubstituteAndAppend(&text_, kConvolution, prefix + "conv",
                              prefix + "bn", prefix + "conv", growth, 3, 1);
    absl::SubstituteAndAppend(&text_, kDropout, prefix + "drop",
                              prefix + "conv");
    absl::SubstituteAndAppend(&text_, R"(
      layer { name: "$0cat" type: "Concat" bottom: "$1" bottom: "$0conv"
        top: "$2" }
    )",
                              prefix, bottom, top);
  }

  void AddModule(int growth) {
    absl::StrAppend(&text_, "module { name: 'dense_layer'\n");
    AddDenseLayer("", "in", "out", growth);
    absl::StrAppend(&text_, "}\n");
  }

  // Returns the block's top.
  std::string AddBlock(int block, const std::string& bottom, const Size& size) {
    const std::string name = absl::StrCat("block", block);
    if (form_ == Form::kTamp) {
      absl::SubstituteAndAppend(&text_, R"(
        layer { name: "$0" type: "Module" bottom: "$1" top: "$0"
          module_param { name: "dense_layer" repeat: $2 } }
      )",
                                name, bottom, size.layers);
      return name;
    }
    std::string features = bottom;
    for (int layer = 1; layer <= size.layers; ++layer) {
      const std::string top = absl::StrCat(name, "_concat", layer);
      AddDenseLayer(absl::StrCat(name, "/", layer, "/"), features, top,
                    size.growth);
      features = top;
    }
    return features;
  }

  std::string AddTransition(int block, const std::string& bottom,
                            int channels) {
    const std::string name = absl::StrCat("trans", block);
    AddNormalizedRelu(name + "/bn", name + "/relu", bottom, name + "/bn");
    absl::SubstituteAndAppend(&text_, kConvolution, name + "/conv",
                              name + "/bn", name + "/conv", channels, 1, 0);
    absl::SubstituteAndAppend(&text_, kAveragePool, name + "/pool",
                              name + "/conv", name);
    return name;
  }

  const Form form_;
  std::string text_;
};

NetParameter MakeNet(NetText::Form form, const Size& size) {
  absl::StatusOr<NetParameter> net =
      ParseNetText(NetText(form).DenseNet(size), "net.prototxt");
  EXPECT_OK(net);
  return *std::move(net);
}

// The same net, whose running statistics are of that kind.
NetParameter WithRunningStatistics(
    NetParameter net, BatchNormParameter::RunningStatistics statistics) {
  const auto set = [&](LayerParameter* layer) {
    if (layer->type() != "BatchNorm") return;
    layer->mutable_batch_norm_param()->set_running_statistics(statistics);
  };
  for (LayerParameter& layer : *net.mutable_layer()) set(&layer);
  for (ModuleDefinition& module : *net.mutable_module()) {
    for (LayerParameter& layer : *module.mutable_layer()) set(&layer);
  }
  return net;
}

// What a graph is apart from names.
std::vector<std::string> Describe(const Graph& graph) {
  std::vector<std::string> nodes;
  for (const Node& node : graph.nodes) {
    std::string line =
        absl::StrCat(node.parameter.type(), node.is_elided ? " elided" : "");
    for (const int input : node.inputs) {
      absl::StrAppend(&line, " ", graph.values[input].producer, ".",
                      graph.values[input].output_index);
    }
    for (const Shape& shape : node.plan.outputs) {
      absl::StrAppend(&line, " ", shape.ToString());
    }
    for (const Parameter* parameter : node.parameters) {
      absl::StrAppend(&line, " ", parameter->shape.ToString(),
                      parameter->is_learned() ? " learned" : "");
    }
    nodes.push_back(std::move(line));
  }
  return nodes;
}

TEST(CaffeFormTest, SameGraphAndMemory) {
  const Backend backend = TestBackend();
  NetOptions options;
  options.backend = backend;
  for (const Phase phase : {TRAIN, TEST}) {
    options.phase = phase;
    ParameterStore caffe_store, tamp_store;
    ASSERT_OK_AND_ASSIGN(const PlannedNet caffe,
                         PlanNet(MakeNet(NetText::Form::kCaffe, kDenseNet40),
                                 options, &caffe_store));
    ASSERT_OK_AND_ASSIGN(const PlannedNet tamp,
                         PlanNet(WithRunningStatistics(
                                     MakeNet(NetText::Form::kTamp, kDenseNet40),
                                     BatchNormParameter::WEIGHTED_MEAN),
                                 options, &tamp_store));
    EXPECT_EQ(Describe(caffe.graph), Describe(tamp.graph));
    EXPECT_EQ(caffe.layout.plan.total_bytes, tamp.layout.plan.total_bytes);
    EXPECT_EQ(caffe.layout.plan.peak_bytes, tamp.layout.plan.peak_bytes);
    EXPECT_EQ(caffe_store.num_learned(), 1'261'018);
    EXPECT_EQ(tamp_store.num_learned(), 1'261'018);
  }
}

int CountOfType(const NetParameter& net, absl::string_view type) {
  int count = 0;
  for (const LayerParameter& layer : net.layer()) count += layer.type() == type;
  return count;
}

// What tools:expand --caffe prints of our networks.
TEST(CaffeFormTest, ExpandedNetworksBecomeTheSameGraph) {
  const Backend backend = TestBackend();
  NetOptions options;
  options.backend = backend;
  for (const char* name : {"densenet40", "densenet_bc121"}) {
    ASSERT_OK_AND_ASSIGN(const NetParameter tamp_form,
                         ReadNetFile(absl::StrCat("net/", name, ".prototxt")));
    ASSERT_OK_AND_ASSIGN(const NetParameter flat, ExpandModules(tamp_form));
    ASSERT_OK_AND_ASSIGN(
        const NetParameter caffe_form,
        ParseNetText(PrintFlatNet(InCaffeForm(flat)), "caffe.prototxt"));
    const int num_norms = CountOfType(flat, "BatchNorm");
    EXPECT_GT(num_norms, 38);
    EXPECT_EQ(CountOfType(caffe_form, "BatchNorm"), num_norms);
    EXPECT_EQ(CountOfType(caffe_form, "Scale"), num_norms);
    for (const LayerParameter& layer : caffe_form.layer()) {
      EXPECT_FALSE(layer.batch_norm_param().has_scale_bias()) << layer.name();
    }
    for (const Phase phase : {TRAIN, TEST}) {
      options.phase = phase;
      ParameterStore caffe_store, tamp_store;
      ASSERT_OK_AND_ASSIGN(const PlannedNet caffe,
                           PlanNet(caffe_form, options, &caffe_store));
      ASSERT_OK_AND_ASSIGN(const PlannedNet tamp,
                           PlanNet(tamp_form, options, &tamp_store));
      EXPECT_EQ(Describe(caffe.graph), Describe(tamp.graph));
      EXPECT_EQ(caffe.layout.plan.total_bytes, tamp.layout.plan.total_bytes);
      EXPECT_EQ(caffe_store.num_learned(), tamp_store.num_learned());
    }
  }
}

TEST(CaffeFormTest, TheFormsDifferWithoutPasses) {
  const Backend backend = TestBackend();
  NetOptions options;
  options.backend = backend;
  options.backend.passes = {};
  ParameterStore caffe_store, tamp_store;
  ASSERT_OK_AND_ASSIGN(
      const PlannedNet caffe,
      PlanNet(MakeNet(NetText::Form::kCaffe, kSmall), options, &caffe_store));
  ASSERT_OK_AND_ASSIGN(
      const PlannedNet tamp,
      PlanNet(MakeNet(NetText::Form::kTamp, kSmall), options, &tamp_store));
  EXPECT_GT(caffe.graph.nodes.size(), tamp.graph.nodes.size());
}

struct Training {
  std::vector<double> losses;
  // After the last step, node by node.
  std::vector<std::vector<float>> parameters;
};

void Train(const NetParameter& parameter, Training* training) {
  const Backend backend = TestBackend(2);
  NetOptions options;
  options.backend = backend;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Net> net,
                       Net::Create(parameter, options));
  const RandomData data(FindDataTops(net.get()), /*seed=*/1);
  SgdOptions sgd_options;
  sgd_options.momentum = 0.9;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Sgd> sgd,
                       Sgd::Create(sgd_options, net->parameters(), backend));
  for (int64_t step = 0; step < 3; ++step) {
    data.Fill(backend.device.get());
    net->Forward({1, step});
    net->Backward({1, step}, GradMode::kWrite);
    training->losses.push_back(net->Loss());
    sgd->Update(/*lr=*/0.1, /*num_batches=*/1);
  }
  for (const Node& node : net->graph().nodes) {
    for (const Parameter* p : node.parameters) {
      training->parameters.push_back(
          CopyToHost(View::Dense(p->data, p->shape), backend.device.get()));
    }
  }
}

void ExpectSameNumbers(const NetParameter& one, const NetParameter& other) {
  Training first, second;
  Train(one, &first);
  Train(other, &second);
  EXPECT_EQ(first.losses, second.losses);
  EXPECT_NE(first.losses.front(), first.losses.back());
  EXPECT_EQ(first.parameters, second.parameters);
}

// The forms differ in the running statistics that they imply, and in nothing
// else.
TEST(CaffeFormTest, SameNumbersWithTheSameRunningStatistics) {
  const NetParameter caffe = MakeNet(NetText::Form::kCaffe, kSmall);
  const NetParameter tamp = MakeNet(NetText::Form::kTamp, kSmall);
  ExpectSameNumbers(
      caffe, WithRunningStatistics(tamp, BatchNormParameter::WEIGHTED_MEAN));
  ExpectSameNumbers(
      WithRunningStatistics(caffe, BatchNormParameter::MOVING_AVERAGE), tamp);
}

// What is printed says what the net's own form implies.
TEST(CaffeFormTest, ExpandedNetKeepsItsNumbers) {
  for (const auto statistics : {BatchNormParameter::WEIGHTED_MEAN,
                                BatchNormParameter::MOVING_AVERAGE}) {
    NetParameter tamp = MakeNet(NetText::Form::kTamp, kSmall);
    const bool is_caffes = statistics == BatchNormParameter::WEIGHTED_MEAN;
    if (is_caffes) tamp = WithRunningStatistics(tamp, statistics);
    ASSERT_OK_AND_ASSIGN(const NetParameter flat, ExpandModules(tamp));
    const std::string text = PrintFlatNet(InCaffeForm(flat));
    EXPECT_EQ(absl::StrContains(text, "running_statistics: MOVING_AVERAGE"),
              !is_caffes);
    EXPECT_FALSE(absl::StrContains(text, "WEIGHTED_MEAN"))
        << "a field that Caffe does not have, for what it does anyway";
    ASSERT_OK_AND_ASSIGN(const NetParameter caffe,
                         ParseNetText(text, "caffe.prototxt"));
    ExpectSameNumbers(caffe, tamp);
  }
}

}  // namespace
}  // namespace tamp
