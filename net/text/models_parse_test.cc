// The networks of this folder: they read, expand to as many layers as their
// names say, and print as flat text that reads back the same.

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "net/text/filter.h"
#include "net/text/modules.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using google::protobuf::util::MessageDifferencer;

struct Model {
  const char* name;
  int depth;                // convolutions and the inner product
  std::vector<int> blocks;  // dense layers in each
  bool has_bottleneck;
  bool has_dropout;
  bool has_big_stem;  // convolution, batch norm, ReLU, pooling
};

// The depth is that in the name, but for DenseNet-264: the paper counts one
// layer too few.
const std::vector<Model>& Models() {
  static const auto* const models = new std::vector<Model>{
      {"densenet40", 40, {12, 12, 12}, false, true, false},
      {"densenet100", 100, {32, 32, 32}, false, false, false},
      {"densenet_bc100", 100, {16, 16, 16}, true, false, false},
      {"densenet_bc250", 250, {41, 41, 41}, true, false, false},
      {"densenet_bc121", 121, {6, 12, 24, 16}, true, false, true},
      {"densenet121", 121, {6, 12, 24, 16}, true, false, true},
      {"densenet169", 169, {6, 12, 32, 32}, true, false, true},
      {"densenet201", 201, {6, 12, 48, 32}, true, false, true},
      {"densenet264", 265, {6, 12, 64, 48}, true, false, true},
      {"densenet_fashion", 16, {4, 4, 4}, false, false, true},
  };
  return *models;
}

class ModelsTest : public testing::TestWithParam<Model> {
 protected:
  void SetUp() override {
    path_ = absl::StrCat("net/", GetParam().name, ".prototxt");
    ASSERT_OK_AND_ASSIGN(net_, ReadNetFile(path_));
    ASSERT_OK_AND_ASSIGN(flat_, ExpandModules(net_));
  }

  int CountType(const std::string& type) const {
    return static_cast<int>(absl::c_count_if(
        flat_.layer(),
        [&type](const LayerParameter& layer) { return layer.type() == type; }));
  }

  std::string path_;
  NetParameter net_;
  NetParameter flat_;
};

TEST_P(ModelsTest, HasTheLayersOfItsName) {
  const Model& model = GetParam();
  int dense_layers = 0;
  for (const int block : model.blocks) dense_layers += block;
  const int transitions = static_cast<int>(model.blocks.size()) - 1;
  const int in_dense_layer =
      (model.has_bottleneck ? 7 : 4) + (model.has_dropout ? 1 : 0);
  const int stem = model.has_big_stem ? 4 : 1;
  // Two data layers; batch norm, ReLU, pooling, inner product, loss, accuracy.
  EXPECT_EQ(flat_.layer_size(),
            2 + stem + dense_layers * in_dense_layer + transitions * 4 + 6);

  const int convolutions = CountType("Convolution");
  EXPECT_EQ(convolutions,
            1 + transitions + dense_layers * (model.has_bottleneck ? 2 : 1));
  EXPECT_EQ(CountType("Concat"), dense_layers);
  EXPECT_EQ(CountType("Dropout"), model.has_dropout ? dense_layers : 0);
  EXPECT_EQ(convolutions + 1, model.depth);
  EXPECT_EQ(net_.name(), model.name);
}

// Each phase sees one data layer and every other layer once.
TEST_P(ModelsTest, PhasesDifferInTheirData) {
  for (const Phase phase : {TRAIN, TEST}) {
    NetState state;
    state.set_phase(phase);
    ASSERT_OK_AND_ASSIGN(const NetParameter filtered,
                         FilterLayers(flat_, state));
    EXPECT_EQ(filtered.layer_size(), flat_.layer_size() - 1);
    EXPECT_EQ(filtered.layer(0).type(), "Data");
    std::set<std::string> names;
    for (const LayerParameter& layer : filtered.layer()) {
      EXPECT_TRUE(names.insert(layer.name()).second) << layer.name();
    }
  }
}

TEST_P(ModelsTest, FlatTextReadsBackTheSame) {
  ASSERT_OK_AND_ASSIGN(NetParameter again,
                       ParseNetText(PrintFlatNet(flat_), "flat"));
  for (NetParameter* net : {&flat_, &again}) {
    for (LayerParameter& layer : *net->mutable_layer()) layer.clear_location();
  }
  EXPECT_TRUE(MessageDifferencer::Equals(flat_, again));
}

// That is what modules are for.
TEST_P(ModelsTest, IsShort) {
  std::ifstream file(path_);
  int num_lines = 0;
  for (std::string line; std::getline(file, line);) {
    EXPECT_LE(line.size(), 80u) << path_ << ":" << num_lines + 1;
    ++num_lines;
  }
  EXPECT_GT(num_lines, 50);
  EXPECT_LT(num_lines, 150);
}

INSTANTIATE_TEST_SUITE_P(All, ModelsTest, testing::ValuesIn(Models()),
                         [](const testing::TestParamInfo<Model>& info) {
                           return info.param.name;
                         });

// Trained weights are found by these names.
TEST(ModelNamesTest, LayersAreNamedAsTrainedWeightsExpect) {
  for (const auto& [model, names] :
       std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"densenet40",
            {"conv1", "block1/1/bn", "block1/1/conv", "block3/12/conv",
             "trans1/bn", "trans2/conv", "bn", "fc", "loss"}},
           {"densenet_bc121",
            {"stem/conv", "stem/bn", "block1/1/bn1", "block3/24/conv1",
             "block4/16/bn2", "block4/16/conv2", "trans3/bn", "trans3/conv",
             "bn", "fc", "loss"}}}) {
    ASSERT_OK_AND_ASSIGN(const NetParameter net,
                         ReadNetFile(absl::StrCat("net/", model, ".prototxt")));
    ASSERT_OK_AND_ASSIGN(const NetParameter flat, ExpandModules(net));
    for (const std::string& name : names) {
      EXPECT_TRUE(absl::c_any_of(
          flat.layer(),
          [&](const LayerParameter& l) { return l.name() == name; }))
          << model << " " << name;
    }
  }
}

}  // namespace
}  // namespace tamp
