#include "proto/text_format.h"

#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using google::protobuf::util::MessageDifferencer;

std::string WriteFile(const std::string& name, const std::string& content) {
  const std::string path = testing::TempDir() + "/" + name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

// A layer as it stands in published Caffe files.
constexpr char kCaffe[] = R"(
name: "DENSENET_40"
layer {
  name: "Data1"
  type: "Data"
  top: "Data1"
  top: "Data2"
  include { phase: TRAIN }
  transform_param { mean_file: "mean.binaryproto" mirror: true crop_size: 32 }
  data_param { source: "train_lmdb" batch_size: 64 backend: LMDB }
}
layer {
  name: "BatchNorm1"
  type: "BatchNorm"
  bottom: "Data1"
  top: "BatchNorm1"
  param { lr_mult: 0 decay_mult: 0 }
  param { lr_mult: 0 decay_mult: 0 }
  param { lr_mult: 0 decay_mult: 0 }
  batch_norm_param { use_global_stats: false eps: 2e-5 }
}
layer {
  name: "Scale1"
  type: "Scale"
  bottom: "BatchNorm1"
  top: "BatchNorm1"
  phase: TRAIN
  scale_param { filler { value: 1 } bias_term: true bias_filler { value: 0 } }
}
layer {
  name: "Convolution1"
  type: "Convolution"
  bottom: "BatchNorm1"
  top: "Convolution1"
  convolution_param {
    num_output: 12
    bias_term: false
    pad: 1
    kernel_size: 3
    stride: 1
    engine: CUDNN
    weight_filler { type: "msra" }
    bias_filler { type: "constant" }
  }
}
)";

TEST(TextFormatTest, ReadsPublishedNets) {
  ASSERT_OK_AND_ASSIGN(const NetParameter net, ParseNetText(kCaffe, "d40"));
  ASSERT_EQ(net.layer_size(), 4);
  EXPECT_EQ(net.layer(0).data_param().backend(), DataParameter::LMDB);
  EXPECT_EQ(net.layer(1).param_size(), 3);
  EXPECT_EQ(net.layer(1).location(), "d40:12:1");
  EXPECT_EQ(net.layer(3).convolution_param().num_output(), 12u);
}

TEST(TextFormatTest, ReadsPublishedDeployNets) {
  ASSERT_OK_AND_ASSIGN(
      const NetParameter net,
      ParseNetText("input: \"data\" input_dim: 1 input_dim: 3 input_dim: 224 "
                   "input_dim: 224",
                   "deploy.prototxt"));
  EXPECT_EQ(net.input_dim_size(), 4);
}

TEST(TextFormatTest, ReadsPublishedSolvers) {
  ASSERT_OK_AND_ASSIGN(
      const SolverParameter solver,
      ParseSolverText("net: \"train.prototxt\" base_lr: 0.1 gamma: 0.1\n"
                      "lr_policy: \"multistep\" stepvalue: 115000 "
                      "stepvalue: 172500 max_iter: 230000 display: 1\n"
                      "momentum: 0.9 weight_decay: 0.0001 snapshot: 5000\n"
                      "solver_mode: GPU random_seed: 831486 "
                      "type: \"Nesterov\" test_iter: 200 test_interval: 800",
                      "solver.prototxt"));
  EXPECT_EQ(solver.stepvalue_size(), 2);
  EXPECT_EQ(solver.type(), "Nesterov");
  EXPECT_EQ(solver.random_seed(), 831486);
}

TEST(TextFormatTest, FilesAreNamedInErrors) {
  const std::string path = WriteFile("bad.prototxt", "name: \"n\"\nlyer {}\n");
  EXPECT_THAT(ReadNetFile(path),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       path + ":2:1: unknown field \"lyer\" in NetParameter; "
                              "did you mean \"layer\"?"));
  EXPECT_THAT(ReadSolverFile(path),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       path + ":1:1: unknown field \"name\" in "
                              "SolverParameter"));
  EXPECT_THAT(ReadNetFile("net/missing.prototxt"),
              StatusIs(absl::StatusCode::kNotFound,
                       "net/missing.prototxt: cannot open: No such file or "
                       "directory"));
  EXPECT_THAT(ReadNetFile(testing::TempDir()),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       testing::TempDir() + ": cannot read: Is a directory"));
  // Endless: only as much is read as is allowed.
  EXPECT_THAT(ReadNetFile("/dev/zero"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "/dev/zero: is larger than 64 MiB"));
}

TEST(TextFormatTest, ReadsFiles) {
  const std::string path = WriteFile("good.prototxt", kCaffe);
  ASSERT_OK_AND_ASSIGN(const NetParameter net, ReadNetFile(path));
  EXPECT_EQ(net.layer(0).location(), path + ":3:1");
  const std::string solver_path = WriteFile("s.prototxt", "net: \"n\"");
  ASSERT_OK_AND_ASSIGN(const SolverParameter solver,
                       ReadSolverFile(solver_path));
  EXPECT_EQ(solver.net(), "n");
}

TEST(TextFormatTest, BinaryFiles) {
  NetParameter net;
  net.set_name("n");
  BlobProto* blob = net.add_layer()->add_blobs();
  for (int i = 0; i < 50000; ++i) blob->add_data(0.5f * i);
  const std::string bytes = net.SerializeAsString();
  NetParameter read;
  ASSERT_OK(ParseBinaryFile(WriteFile("net.caffemodel", bytes), &read));
  EXPECT_TRUE(MessageDifferencer::Equals(net, read));

  const std::string cut =
      WriteFile("cut.caffemodel", bytes.substr(0, bytes.size() - 1));
  EXPECT_THAT(ParseBinaryFile(cut, &read),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       cut + ": is not a NetParameter in protobuf's binary "
                             "form, or is cut short"));
  EXPECT_THAT(ParseBinaryFile("missing", &read),
              StatusIs(absl::StatusCode::kNotFound,
                       "missing: cannot open: No such file or directory"));
}

TEST(TextFormatTest, PrintedTextReadsBackTheSame) {
  ASSERT_OK_AND_ASSIGN(NetParameter net, ParseNetText(kCaffe, "d40"));
  for (LayerParameter& layer : *net.mutable_layer()) layer.clear_location();
  const std::string text = PrintText(net);
  EXPECT_THAT(text, testing::HasSubstr("eps: 2e-05\n"));
  ASSERT_OK_AND_ASSIGN(NetParameter again, ParseNetText(text, "printed"));
  for (LayerParameter& layer : *again.mutable_layer()) layer.clear_location();
  EXPECT_TRUE(MessageDifferencer::Equals(net, again));
}

}  // namespace
}  // namespace tamp
