#include "net/text/modules.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;

// A dense layer with its growth as an argument.
constexpr char kDense[] = R"(module {
  name: "dense"
  layer { name: "bn" type: "BatchNorm" bottom: "in" top: "bn" }
  layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn" }
  layer { name: "conv" type: "Convolution" bottom: "bn" top: "conv"
          param { name: "w" }
          convolution_param { num_output: $growth kernel_size: [3, $kernel] } }
  layer { name: "cat" type: "Concat" bottom: "in" bottom: "conv" top: "out" }
}
)";

constexpr char kArguments[] =
    "argument { name: \"growth\" value: 12 } "
    "argument { name: \"kernel\" value: 5 } ";

// A Module layer "b" from "x" to "y" with this module_param and other fields.
std::string Block(const std::string& module_param,
                  const std::string& fields = "bottom: \"x\" top: \"y\"") {
  return absl::StrCat("layer { name: \"b\" type: \"Module\" ", fields,
                      " module_param { ", module_param, " } }");
}

std::string DenseBlock(int repeat) {
  return Block(
      absl::StrCat("name: \"dense\" repeat: ", repeat, " ", kArguments));
}

absl::StatusOr<NetParameter> Expand(const std::string& text) {
  const auto net = ParseNetText(text, "x");
  if (!net.ok()) return net.status();
  return ExpandModules(*net);
}

std::string ErrorOf(const std::string& text) {
  const auto flat = Expand(text);
  return flat.ok() ? "no error" : std::string(flat.status().message());
}

// "name: bottom bottom -> top" of each layer.
std::vector<std::string> Wiring(const NetParameter& net) {
  std::vector<std::string> lines;
  for (const LayerParameter& layer : net.layer()) {
    lines.push_back(absl::StrCat(layer.name(), ": ",
                                 absl::StrJoin(layer.bottom(), " "), " -> ",
                                 absl::StrJoin(layer.top(), " ")));
  }
  return lines;
}

TEST(ModulesTest, CopiesAreChained) {
  ASSERT_OK_AND_ASSIGN(
      const NetParameter flat,
      Expand(absl::StrCat("name: \"n\" layer { name: \"x\" top: \"x\" } ",
                          kDense, DenseBlock(2),
                          "layer { name: \"z\" bottom: \"y\" top: \"z\" }")));
  EXPECT_EQ(flat.name(), "n");
  EXPECT_EQ(flat.module_size(), 0);
  EXPECT_THAT(Wiring(flat),
              ElementsAre("x:  -> x",                      //
                          "b/1/bn: x -> b/1/bn",           //
                          "b/1/relu: b/1/bn -> b/1/bn",    //
                          "b/1/conv: b/1/bn -> b/1/conv",  //
                          "b/1/cat: x b/1/conv -> b/1",    //
                          "b/2/bn: b/1 -> b/2/bn",         //
                          "b/2/relu: b/2/bn -> b/2/bn",    //
                          "b/2/conv: b/2/bn -> b/2/conv",  //
                          "b/2/cat: b/1 b/2/conv -> y",    //
                          "z: y -> z"));
}

TEST(ModulesTest, OneCopyIsNumberedToo) {
  ASSERT_OK_AND_ASSIGN(const NetParameter flat, Expand(kDense + DenseBlock(1)));
  EXPECT_EQ(flat.layer(0).name(), "b/1/bn");
  EXPECT_EQ(flat.layer(3).top(0), "y");
}

TEST(ModulesTest, ArgumentsReplaceTheirPlaceholders) {
  ASSERT_OK_AND_ASSIGN(const NetParameter flat, Expand(kDense + DenseBlock(2)));
  for (const int conv : {2, 6}) {
    const auto& options = flat.layer(conv).convolution_param();
    EXPECT_EQ(options.num_output(), 12u);
    EXPECT_THAT(options.kernel_size(), ElementsAre(3, 5));
  }
}

TEST(ModulesTest, SharedParametersAreSharedWithinACopy) {
  ASSERT_OK_AND_ASSIGN(const NetParameter flat, Expand(kDense + DenseBlock(2)));
  EXPECT_EQ(flat.layer(2).param(0).name(), "b/1/w");
  EXPECT_EQ(flat.layer(6).param(0).name(), "b/2/w");
}

TEST(ModulesTest, LayersKeepTheirPlaceInTheModule) {
  ASSERT_OK_AND_ASSIGN(const NetParameter flat, Expand(kDense + DenseBlock(2)));
  EXPECT_EQ(flat.layer(0).location(), "x:3:3");
  EXPECT_EQ(flat.layer(4).location(), "x:3:3");
}

TEST(ModulesTest, ModulesNestAndPassArgumentsOn) {
  ASSERT_OK_AND_ASSIGN(
      const NetParameter flat,
      Expand("module { name: \"one\" layer { name: \"l\" bottom: \"in\" "
             "top: \"out\" inner_product_param { num_output: $n } } }"
             "module { name: \"two\" layer { name: \"m\" type: \"Module\" "
             "bottom: \"in\" top: \"out\" module_param { name: \"one\" "
             "repeat: $times argument { name: \"n\" value: $size } } } }" +
             Block("name: \"two\" repeat: 2 "
                   "argument { name: \"times\" value: 2 } "
                   "argument { name: \"size\" value: 7 }")));
  EXPECT_THAT(Wiring(flat), ElementsAre("b/1/m/1/l: x -> b/1/m/1",    //
                                        "b/1/m/2/l: b/1/m/1 -> b/1",  //
                                        "b/2/m/1/l: b/1 -> b/2/m/1",  //
                                        "b/2/m/2/l: b/2/m/1 -> y"));
  EXPECT_EQ(flat.layer(3).inner_product_param().num_output(), 7u);
}

TEST(ModulesTest, RulesOfTheModuleLayerGoToItsLayers) {
  ASSERT_OK_AND_ASSIGN(
      const NetParameter flat,
      Expand(kDense + Block(absl::StrCat("name: \"dense\" ", kArguments),
                            "bottom: \"x\" top: \"y\" include { phase: TRAIN "
                            "} include { min_level: 1 }")));
  for (const LayerParameter& layer : flat.layer()) {
    ASSERT_EQ(layer.include_size(), 2);
    EXPECT_EQ(layer.include(0).phase(), TRAIN);
    EXPECT_EQ(layer.include(1).min_level(), 1);
  }
}

TEST(ModulesTest, NetsWithoutModulesStayAsTheyAre) {
  const auto net = ParseNetText(
      "name: \"n\" input: \"x\" layer { name: \"a\" bottom: \"x\" }", "x");
  ASSERT_OK(net);
  ASSERT_OK_AND_ASSIGN(const NetParameter flat, ExpandModules(*net));
  EXPECT_TRUE(MessageDifferencer::Equals(*net, flat));
}

TEST(ModulesTest, PrintedFlatNetHasNoPlaces) {
  ASSERT_OK_AND_ASSIGN(NetParameter flat, Expand(kDense + DenseBlock(2)));
  const std::string text = PrintFlatNet(flat);
  EXPECT_EQ(text.find("location"), std::string::npos);
  EXPECT_EQ(text.find("module"), std::string::npos);
  ASSERT_OK_AND_ASSIGN(NetParameter again, ParseNetText(text, "flat"));
  for (LayerParameter& layer : *flat.mutable_layer()) layer.clear_location();
  for (LayerParameter& layer : *again.mutable_layer()) layer.clear_location();
  EXPECT_TRUE(MessageDifferencer::Equals(flat, again));
}

struct Mistake {
  std::string text;
  std::string message;
};

TEST(ModulesTest, MistakesInModuleLayers) {
  const std::string name = "name: \"dense\" ";
  const Mistake mistakes[] = {
      {Block("name: \"dens\""),
       "x:10:1: layer \"b\": unknown module \"dens\"; did you mean \"dense\"?"},
      {Block("name: \"inception\""),
       "x:10:1: layer \"b\": unknown module \"inception\""},
      {Block(name + "argument { name: \"growth\" value: 3 }"),
       "x:10:1: layer \"b\": module \"dense\" needs the argument \"kernel\""},
      {Block(name + kArguments + "argument { name: \"grwth\" value: 3 }"),
       "x:10:1: layer \"b\": argument \"grwth\" is not used by module "
       "\"dense\"; did you mean \"growth\"?"},
      {Block(name + kArguments + "argument { name: \"growth\" value: 3 }"),
       "x:10:1: layer \"b\": argument \"growth\" is given twice"},
      {Block(name + "argument { name: \"growth\" }"),
       "x:10:1: layer \"b\": argument \"growth\" has no value"},
      {Block(name + "argument { name: \"growth\" value: 1.5 }"
                    "argument { name: \"kernel\" value: 3 }"),
       "x:10:1: layer \"b\": argument \"growth\": field \"num_output\" needs a "
       "whole number, not 1.5"},
      {Block(name + "argument { name: \"growth\" value: 1 }"
                    "argument { name: \"kernel\" value: -3 }"),
       "x:10:1: layer \"b\": argument \"kernel\": field \"kernel_size\" cannot "
       "be negative, as -3 is"},
      {Block(name + "repeat: 0"),
       "x:10:1: layer \"b\": repeat is 0, it must be at least 1"},
      {Block(name + "repeat: 1000000000 " + kArguments),
       "x:10:1: layer \"b\": repeat 1000000000 of module \"dense\" makes "
       "more than 20000 layers"},
      {Block(name, "bottom: \"x\""),
       "x:10:1: layer \"b\": a Module layer has one bottom and one top, not 1 "
       "and 0"},
      {Block(name, "bottom: \"x\" bottom: \"z\" top: \"y\""),
       "x:10:1: layer \"b\": a Module layer has one bottom and one top, not 2 "
       "and 1"},
      {Block(name, "bottom: \"x\" top: \"x\""),
       "x:10:1: layer \"b\": a Module layer cannot work in place: give its top "
       "another name"},
      {Block(name, "bottom: \"x\" top: \"y\" param { lr_mult: 0 }"),
       "x:10:1: layer \"b\": a Module layer has no \"param\": set it in the "
       "layers of the module"},
      {"layer { name: \"b\" type: \"Module\" bottom: \"x\" top: \"y\" }",
       "x:10:1: layer \"b\": a Module layer needs module_param"},
      {"layer { name: \"b\" type: \"ReLU\" module_param {} }",
       "x:10:1: layer \"b\": module_param needs type \"Module\", not \"ReLU\""},
  };
  for (const Mistake& mistake : mistakes) {
    EXPECT_EQ(ErrorOf(kDense + mistake.text), mistake.message);
  }
}

TEST(ModulesTest, MistakesInModules) {
  const std::string ends = "bottom: \"in\" top: \"out\"";
  const Mistake mistakes[] = {
      {"module { layer {} }", "x:1:1: module \"\": a module needs a name"},
      {"module { name: \"m\" layer { " + ends + " } }",
       "x:1:20: layer without a name: a layer of a module needs one"},
      {"module { name: \"m\" layer { name: \"l\" bottom: \"in\" top: \"y\" } }",
       "x:1:1: module \"m\": never makes \"out\""},
      {"module { name: \"m\" layer { name: \"l\" top: \"out\" } }",
       "x:1:1: module \"m\": never uses \"in\""},
      {"module { name: \"m\" layer { name: \"l\" bottom: \"inn\" top: \"out\" "
       "} "
       "}",
       "x:1:20: layer \"l\": bottom \"inn\" is not made above it in module "
       "\"m\", which sees nothing but its own blobs and \"in\"; did you mean "
       "\"in\"?"},
      {"module { name: \"m\" layer { name: \"l\" " + ends + " } }\n" +
           "module { name: \"m\" layer { name: \"l\" " + ends + " } }",
       "x:2:1: module \"m\": another module has the same name, at x:1:1"},
      {"module { name: \"m\" layer { name: \"l\" type: \"Module\" " + ends +
           " module_param { name: \"k\" } } }\n" +
           "module { name: \"k\" layer { name: \"l\" type: \"Module\" " + ends +
           " module_param { name: \"m\" } } }\n" + Block("name: \"m\""),
       "x:2:20: layer \"b/1/l/1/l\": module \"m\" contains itself: m > k > m"},
      {"module { name: \"m\" layer { name: \"l\" include {} " + ends +
           " } }\n" +
           Block("name: \"m\"", "bottom: \"x\" top: \"y\" exclude {}"),
       "x:1:20: layer \"b/1/l\": has include or exclude rules, and so has the "
       "Module layer \"b\"; only one of the two may"},
  };
  for (const Mistake& mistake : mistakes) {
    EXPECT_EQ(ErrorOf(mistake.text), mistake.message);
  }
}

TEST(ModulesTest, DepthIsBounded) {
  std::string text =
      "module { name: \"m0\" layer { name: \"l\" bottom: \"in\" top: \"out\" } "
      "}\n";
  for (int i = 1; i <= 16; ++i) {
    absl::StrAppend(&text, "module { name: \"m", i,
                    "\" layer { name: \"l\" type: \"Module\" bottom: \"in\" "
                    "top: \"out\" module_param { name: \"m",
                    i - 1, "\" } } }\n");
  }
  EXPECT_OK(Expand(text + Block("name: \"m15\"")));
  EXPECT_THAT(ErrorOf(text + Block("name: \"m16\"")),
              testing::EndsWith("modules are nested more than 16 deep"));
}

TEST(ModulesTest, SizeIsBounded) {
  const std::string long_name(1 << 20, 'n');
  EXPECT_EQ(
      ErrorOf("module { name: \"m\" layer { name: \"" + long_name +
              "\" bottom: \"in\" top: \"out\" } }\n" +
              Block("name: \"m\" repeat: 1000")),
      "x:2:1: layer \"b\": the layers of the expanded net take more than 64 "
      "MiB");
}

// A binary file may hold placeholders that no text could make.
TEST(ModulesTest, BrokenPlaceholdersAreRefused) {
  auto net = ParseNetText(kDense + DenseBlock(1), "x");
  ASSERT_OK(net);
  const std::vector<std::vector<int>> paths = {{},
                                               {2},
                                               {2, 0},
                                               {2, 99, 106, 1},
                                               {2, -1, 106, 1},
                                               {2, 2, 1},
                                               {2, 2, 106},
                                               {2, 2, 106, 1, 5},
                                               {77, 1},
                                               {2, 2, 106, 4},
                                               {2, 2, 106, 4, 2}};
  for (const std::vector<int>& path : paths) {
    *net->mutable_module(0)->mutable_placeholder(0)->mutable_path() = {
        path.begin(), path.end()};
    EXPECT_THAT(ExpandModules(*net),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "x:10:1: layer \"b\": argument \"growth\": stands for "
                         "a field that does not exist"))
        << absl::StrJoin(path, " ");
  }
}

}  // namespace
}  // namespace tamp
