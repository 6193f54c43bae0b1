#include "net/report/pass_effects.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "net/backend.h"
#include "net/passes/pass.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

constexpr char kNet[] = R"(
  layer { name: "data" type: "Input" top: "data" top: "label"
    input_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } shape { dim: 2 } } }
  layer { name: "a" type: "Convolution" bottom: "data" top: "a"
    convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }
  layer { name: "b" type: "Convolution" bottom: "data" top: "b"
    convolution_param { num_output: 4 kernel_size: 3 pad: 1 } }
  layer { name: "cat" type: "Concat" bottom: "a" bottom: "b" top: "cat" }
  layer { name: "bn" type: "BatchNorm" bottom: "cat" top: "bn" }
  layer { name: "scale" type: "Scale" bottom: "bn" top: "scale"
    scale_param { bias_term: true } }
  layer { name: "fc" type: "InnerProduct" bottom: "scale" top: "fc"
    inner_product_param { num_output: 10 } }
  layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
    top: "loss" })";

TEST(PassEffectsTest, OnePassAfterTheOther) {
  ASSERT_OK_AND_ASSIGN(const NetParameter net, ParseNetText(kNet, "net"));
  const Backend backend = TestBackend();
  NetOptions options;
  options.backend = backend;
  ASSERT_OK_AND_ASSIGN(options.backend.passes,
                       SelectPasses("merge_batch_norm_scale,elide_concat",
                                    options.backend.passes));
  options.memory_budget = 1;  // which no plan could keep
  ASSERT_OK_AND_ASSIGN(const std::vector<PassEffect> effects,
                       FindPassEffects(net, options));
  ASSERT_EQ(effects.size(), 3);
  EXPECT_EQ(effects[0].pass, "");
  EXPECT_EQ(effects[0].layers.at("Scale"), 1);
  EXPECT_EQ(effects[0].layers.at("Concat"), 1);
  EXPECT_EQ(effects[1].pass, "merge_batch_norm_scale");
  EXPECT_EQ(effects[1].rewrites, 1);
  EXPECT_EQ(DescribeChanges(effects[0], effects[1]), "-1 Scale");
  EXPECT_EQ(effects[2].pass, "elide_concat");
  EXPECT_EQ(DescribeChanges(effects[1], effects[2]), "-1 Concat");
  EXPECT_EQ(DescribeChanges(effects[2], effects[1]), "+1 Concat");
  EXPECT_GT(effects[0].arena_bytes, effects[1].arena_bytes);
  EXPECT_GE(effects[2].multiply_adds, 2 * (2 * 4 * 27 * 64));
}

}  // namespace
}  // namespace tamp
