// Nets made from text: what they refuse, and what their objective is.

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/tensor.h"
#include "net/backend.h"
#include "net/net.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

absl::StatusOr<std::unique_ptr<Net>> CreateNet(absl::string_view text,
                                               const Backend& backend) {
  const absl::StatusOr<NetParameter> parameter = ParseNetText(text, "net");
  if (!parameter.ok()) return parameter.status();
  NetOptions options;
  options.backend = backend;
  return Net::Create(*parameter, options);
}

// 4 TiB of weights, and as much for their gradients.
TEST(NetCreateTest, RefusesParametersThatDoNotFit) {
  const Backend backend = TestBackend();
  EXPECT_THAT(
      CreateNet(R"(
          layer { name: "data" type: "Input" top: "data"
                  input_param { shape { dim: 1 dim: 1048576 } } }
          layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc"
                  inner_product_param { num_output: 1048576 } })",
                backend),
      StatusIs(absl::StatusCode::kResourceExhausted,
               testing::AllOf(testing::StartsWith("the net needs 125829"),
                              testing::HasSubstr(": no batch_size fits"))));
}

TEST(NetCreateTest, RefusesValuesThatDoNotFit) {
  const Backend backend = TestBackend();
  EXPECT_THAT(
      CreateNet(R"(
                  layer { name: "data" type: "Input" top: "data"
                          input_param { shape { dim: 1048576 dim: 1048576 } } })",
                backend),
      StatusIs(absl::StatusCode::kResourceExhausted,
               testing::HasSubstr("the largest batch_size that fits is ")));
}

// As many channels as elements: planning must not keep a note for each.
TEST(NetCreateTest, RefusesGradientsThatDoNotFit) {
  const Backend backend = TestBackend();
  EXPECT_THAT(CreateNet(R"(
          layer { name: "data" type: "Input" top: "data"
                  input_param { shape { dim: 1 dim: 549755813888 } } }
          layer { name: "scale" type: "Scale" bottom: "data" top: "scale"
                  scale_param { num_axes: 0 } loss_weight: 1 })",
                        backend),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       testing::HasSubstr(": no batch_size fits")));
}

// The tops of "a" and "b" lie in channels of "both", with gaps between images.
TEST(NetCreateTest, TopsInsideOfAConcatCountInTheObjective) {
  const Backend backend = TestBackend();
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Net> net, CreateNet(R"(
          layer { name: "data" type: "Input" top: "data"
                  input_param { shape { dim: 2 dim: 1 dim: 1 dim: 2 } } }
          layer { name: "a" type: "ReLU" bottom: "data" top: "a"
                  loss_weight: 2 }
          layer { name: "b" type: "TanH" bottom: "data" top: "b" }
          layer { name: "both" type: "Concat" bottom: "a" bottom: "b"
                  top: "both" })",
                                                                 backend));
  ASSERT_FALSE(net->value("a").is_dense()) << "the Concat is not elided";
  const View data = net->value("data");
  for (int i = 0; i < 4; ++i) data.data[i] = 1.0f + i;
  net->Forward({});
  EXPECT_EQ(net->Loss(), 2 * (1 + 2 + 3 + 4));
}

}  // namespace
}  // namespace tamp
