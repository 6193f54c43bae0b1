#include "proto/text_parser.h"

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "proto/net.pb.h"
#include "proto/solver.pb.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using google::protobuf::TextFormat;
using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;

// The whole message of the error that `text` gives.
std::string ErrorOf(absl::string_view text) {
  NetParameter net;
  const absl::Status status = ParseText(text, "x.prototxt", &net);
  return status.ok() ? "no error" : std::string(status.message());
}

// What TextFormat reads must be read the same.
constexpr const char* kSyntax[] = {
    "",
    "# nothing but a comment",
    "name: \"a\" 'b' \"\\x41\\\"\" # three strings, one value",
    "input: [\"x\", \"y\"] input_shape { dim: [1, 2] dim: 3 } input_dim: -4",
    "layer < name: \"a\"; loss_weight: 1.5e-3, loss_weight: -2 "
    "loss_weight: [] >",
    "layer: { relu_param: { negative_slope: 1f } } layer {}",
    "layer [{ name: \"a\" }, { name: \"b\" }]",
    "state { phase: TEST level: 0x10 stage: \"s\" } force_backward: t",
    "layer { pooling_param { pool: 1 kernel_size: 4294967295 } }",
    "layer { include { min_level: -2147483648 max_level: 2147483647 } }",
};

TEST(TextParserTest, ReadsWhatTextFormatReads) {
  for (const char* text : kSyntax) {
    NetParameter expected, net;
    ASSERT_TRUE(TextFormat::ParseFromString(text, &expected)) << text;
    ASSERT_OK(ParseText(text, "x.prototxt", &net)) << text;
    for (LayerParameter& layer : *net.mutable_layer()) layer.clear_location();
    EXPECT_TRUE(MessageDifferencer::Equals(net, expected)) << text;
  }
}

TEST(TextParserTest, ClearsTheMessageFirst) {
  NetParameter net;
  net.set_name("old");
  ASSERT_OK(ParseText("\xef\xbb\xbf", "x.prototxt", &net));
  EXPECT_FALSE(net.has_name());
}

TEST(TextParserTest, LayersKnowTheirPlace) {
  NetParameter net;
  ASSERT_OK(
      ParseText("name: \"n\"\n  layer { name: \"a\" }\n"
                "module {\n name: \"m\"\n layer {} layer {}\n}\n",
                "dir/x.prototxt", &net));
  EXPECT_EQ(net.layer(0).location(), "dir/x.prototxt:2:3");
  EXPECT_EQ(net.module(0).location(), "dir/x.prototxt:3:1");
  EXPECT_EQ(net.module(0).layer(1).location(), "dir/x.prototxt:5:11");
}

TEST(TextParserTest, LayersInSolversKnowTheirPlace) {
  SolverParameter solver;
  ASSERT_OK(ParseText("net_param {\n layer {}\n}", "solver.prototxt", &solver));
  EXPECT_EQ(solver.net_param().layer(0).location(), "solver.prototxt:2:2");
}

TEST(TextParserTest, PlaceholdersAreNoted) {
  NetParameter net;
  ASSERT_OK(ParseText(
      "module { name: \"m\" layer {} layer {\n"
      "  convolution_param { num_output: $growth pad: [2, $pad] } } }",
      "x.prototxt", &net));
  const ModuleDefinition& module = net.module(0);
  ASSERT_EQ(module.placeholder_size(), 2);
  EXPECT_EQ(module.placeholder(0).argument(), "growth");
  // layer = 2, convolution_param = 106, num_output = 1, pad = 3
  EXPECT_THAT(module.placeholder(0).path(), ElementsAre(2, 1, 106, 1));
  EXPECT_EQ(module.placeholder(1).argument(), "pad");
  EXPECT_THAT(module.placeholder(1).path(), ElementsAre(2, 1, 106, 3, 1));
  EXPECT_THAT(module.layer(1).convolution_param().pad(), ElementsAre(2, 0));
}

TEST(TextParserTest, PlaceholdersOfNetsInSolversStartAtTheirModule) {
  SolverParameter solver;
  ASSERT_OK(
      ParseText("net_param { module {} module { layer { loss_weight: $w } } }",
                "x.prototxt", &solver));
  EXPECT_THAT(solver.net_param().module(1).placeholder(0).path(),
              ElementsAre(2, 0, 5, 0));
}

struct Mistake {
  const char* text;
  const char* message;
};

TEST(TextParserTest, UnknownNamesSuggestTheNearest) {
  const Mistake mistakes[] = {
      {"layer {\n  botom: \"x\"\n}",
       "x.prototxt:2:3: unknown field \"botom\" in LayerParameter; did you "
       "mean \"bottom\"?"},
      {"layer { name: \"c\"\n  color: 3 }",
       "x.prototxt:2:3: layer \"c\": unknown field \"color\" in "
       "LayerParameter"},
      {"layer { pooling_param { pool: MAXX } }",
       "x.prototxt:1:31: unknown value \"MAXX\" for field \"pool\"; did you "
       "mean \"MAX\"?"},
      {"layer { name: \"p\" pooling_param { pool: MEDIAN } }",
       "x.prototxt:1:41: layer \"p\": unknown value \"MEDIAN\" for field "
       "\"pool\"; it is one of MAX, AVE, STOCHASTIC"},
      {"layer { pooling_param { pool: \"AVE\" } }",
       "x.prototxt:1:31: unknown value \"AVE\" for field \"pool\"; write it "
       "without quotes"},
      {"layer { pooling_param { pool: 7 } }",
       "x.prototxt:1:31: unknown value 7 for field \"pool\"; it is one of MAX, "
       "AVE, STOCHASTIC"},
      {"modul { }",
       "x.prototxt:1:1: unknown field \"modul\" in NetParameter; did you mean "
       "\"module\"?"},
  };
  for (const Mistake& mistake : mistakes) {
    EXPECT_EQ(ErrorOf(mistake.text), mistake.message);
  }
}

TEST(TextParserTest, WrongTypes) {
  const Mistake mistakes[] = {
      {"layer { name: conv }",
       "x.prototxt:1:15: field \"name\" needs a string in quotes, not "
       "\"conv\""},
      {"layer { name: 3 }",
       "x.prototxt:1:15: field \"name\" needs a string in quotes, not 3"},
      {"layer { convolution_param { num_output: \"x\" } }",
       "x.prototxt:1:41: field \"num_output\" needs a whole number, not \"x\""},
      {"layer { convolution_param { num_output: 1.5 } }",
       "x.prototxt:1:41: field \"num_output\" needs a whole number, not 1.5"},
      {"layer { convolution_param { num_output: -3 } }",
       "x.prototxt:1:41: field \"num_output\" cannot be negative, as -3 is"},
      {"layer { convolution_param { num_output: 4294967296 } }",
       "x.prototxt:1:41: field \"num_output\" cannot be 4294967296: it is at "
       "most 4294967295"},
      {"layer { softmax_param { axis: -2147483649 } }",
       "x.prototxt:1:31: field \"axis\" cannot be -2147483649: it is at least "
       "-2147483648"},
      {"input_dim: 99999999999999999999",
       "x.prototxt:1:12: field \"input_dim\" cannot hold 99999999999999999999: "
       "it is too large"},
      {"layer { loss_weight: much }",
       "x.prototxt:1:22: field \"loss_weight\" needs a number, not \"much\""},
      {"layer { loss_weight: 1e39 }",
       "x.prototxt:1:22: field \"loss_weight\" cannot hold 1e39: it is too "
       "large"},
      {"layer { loss_weight: nan }",
       "x.prototxt:1:22: field \"loss_weight\" must be finite, not nan"},
      {"force_backward: yes",
       "x.prototxt:1:17: field \"force_backward\" needs true or false, not "
       "\"yes\""},
      {"layer: 3", "x.prototxt:1:8: expected \"{\" after \"layer\", not 3"},
  };
  for (const Mistake& mistake : mistakes) {
    EXPECT_EQ(ErrorOf(mistake.text), mistake.message);
  }
}

TEST(TextParserTest, WrongSyntax) {
  const Mistake mistakes[] = {
      {"layer {\n name: \"a\"\n",
       "x.prototxt:3:1: layer \"a\": expected \"}\" to close \"layer\" of line "
       "1"},
      {"layer {} }",
       "x.prototxt:1:10: expected the name of a field, not \"}\""},
      {"name \"a\"",
       "x.prototxt:1:6: expected \":\" after \"name\", not "
       "\"a\""},
      {"name: ",
       "x.prototxt:1:7: field \"name\" needs a string in quotes, not "
       "the end of the file"},
      {"input: [\"a\" \"b\"",
       "x.prototxt:1:16: expected \",\" or \"]\" in the list of \"input\", not "
       "the end of the file"},
      {"name: \"a\nb\"",
       "x.prototxt:1:9: string literals cannot cross line boundaries"},
      {"name: \"a\" name: \"b\"",
       "x.prototxt:1:11: field \"name\" is given twice"},
      {"layer { name: \"a\" pooling_param {} relu_param {} }",
       "x.prototxt:1:36: layer \"a\": \"relu_param\" cannot stand beside "
       "\"pooling_param\"; a layer has the options of one type"},
      {"layer { location: \"here\" }",
       "x.prototxt:1:9: field \"location\" is filled when the file is read; "
       "remove it"},
      {"module { name: \"m\" placeholder {} }",
       "x.prototxt:1:20: module \"m\": field \"placeholder\" is filled when "
       "the "
       "file is read; remove it"},
      {"layers { type: CONVOLUTION }",
       "x.prototxt:1:1: \"layers\" is Caffe's format of before 2014; convert "
       "the file with Caffe's upgrade_net_proto_text, which writes \"layer\""},
      {"[ext]: 3", "x.prototxt:1:1: expected the name of a field, not \"[\""},
  };
  for (const Mistake& mistake : mistakes) {
    EXPECT_EQ(ErrorOf(mistake.text), mistake.message);
  }
}

TEST(TextParserTest, MisplacedPlaceholders) {
  const Mistake mistakes[] = {
      {"layer { loss_weight: $w }",
       "x.prototxt:1:22: \"$w\" stands outside of a module, where there are no "
       "arguments"},
      {"module { layer { name: \"l\" bias_param { axis: $ a } } }",
       "x.prototxt:1:47: layer \"l\": expected the name of an argument after "
       "\"$\""},
      {"module { layer { pooling_param { pool: $p } } }",
       "x.prototxt:1:40: field \"pool\" is no number, so \"$p\" cannot stand "
       "for it"},
      {"module { layer { loss_weight: -$w } }",
       "x.prototxt:1:31: field \"loss_weight\" needs a number, not \"-$\""},
  };
  for (const Mistake& mistake : mistakes) {
    EXPECT_EQ(ErrorOf(mistake.text), mistake.message);
  }
}

TEST(TextParserTest, BoundsTheText) {
  EXPECT_EQ(ErrorOf(std::string("\0name", 5)),
            "x.prototxt: is a binary file, not protobuf text");
  EXPECT_EQ(ErrorOf(std::string(kMaxTextBytes + 1, ' ')),
            "x.prototxt: is larger than 64 MiB, the limit for protobuf text");
  std::string many;
  for (int i = 0; i < 200001; ++i) many += "layer{}\n";
  EXPECT_EQ(ErrorOf(many),
            "x.prototxt:200001:6: the file has more than 200000 blocks");
}

// Long or strange tokens stay one short line.
TEST(TextParserTest, ErrorsAreOneShortLine) {
  const std::string error =
      ErrorOf("layer { loss_weight: \"" + std::string(5000, 'x') + "\\n\" }");
  EXPECT_LT(error.size(), 120u);
  EXPECT_EQ(error.find('\n'), std::string::npos);
}

// Every prefix of a text, and every text with one byte changed, gives a status.
TEST(TextParserTest, BrokenTextNeverCrashes) {
  const std::string text =
      "name: 'n' module { layer { convolution_param { pad: [$p, 1] } } }\n"
      "layer { name: \"a\" loss_weight: -1.5e3 include { phase: TEST } } # c";
  NetParameter net;
  for (size_t i = 0; i < text.size(); ++i) {
    (void)ParseText(text.substr(0, i), "x", &net).ok();
    for (const char c : {'\0', '{', '}', '"', '$', '-', '9', '\xff', '\n'}) {
      std::string broken = text;
      broken[i] = c;
      (void)ParseText(broken, "x", &net).ok();
    }
  }
}

}  // namespace
}  // namespace tamp
