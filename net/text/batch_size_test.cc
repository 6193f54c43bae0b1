#include "net/text/batch_size.h"

#include "gtest/gtest.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

NetParameter Parse(const char* text) {
  absl::StatusOr<NetParameter> net = ParseNetText(text, "net.prototxt");
  EXPECT_OK(net);
  return *net;
}

TEST(BatchSizeTest, ReachesAllKindsOfInputs) {
  NetParameter net = Parse(R"(
    input: "old" input_dim: 9 input_dim: 3 input_dim: 8 input_dim: 8
    layer { name: "data" type: "Data" top: "data"
            data_param { batch_size: 9 source: "x" } }
    layer { name: "in" type: "Input" top: "a" top: "b"
            input_param { shape { dim: 9 dim: 3 } shape { dim: 9 } } }
    layer { name: "relu" type: "ReLU" bottom: "a" top: "relu" })");
  SetBatchSize(5, &net);
  EXPECT_EQ(net.input_dim(0), 5);
  EXPECT_EQ(net.input_dim(1), 3);
  EXPECT_EQ(net.layer(0).data_param().batch_size(), 5);
  EXPECT_EQ(net.layer(1).input_param().shape(0).dim(0), 5);
  EXPECT_EQ(net.layer(1).input_param().shape(0).dim(1), 3);
  EXPECT_EQ(net.layer(1).input_param().shape(1).dim(0), 5);
  EXPECT_FALSE(net.layer(2).has_data_param());
}

TEST(BatchSizeTest, ReachesEveryOldInput) {
  NetParameter net = Parse(R"(
    input: "a" input_dim: 9 input_dim: 3 input_dim: 8 input_dim: 8
    input: "b" input_dim: 9 input_dim: 1 input_dim: 1 input_dim: 1)");
  SetBatchSize(2, &net);
  EXPECT_EQ(net.input_dim(0), 2);
  EXPECT_EQ(net.input_dim(4), 2);
  net = Parse(R"(input: "a" input_shape { dim: 9 dim: 3 })");
  SetBatchSize(2, &net);
  EXPECT_EQ(net.input_shape(0).dim(0), 2);
  EXPECT_EQ(net.input_shape(0).dim(1), 3);
}

}  // namespace
}  // namespace tamp
