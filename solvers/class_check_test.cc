#include "solvers/class_check.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/planned_graph.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;

// Labels straight from outside, or through another layer, and classes along
// the last axis.
constexpr char kInputs[] = R"(
    layer { name: "data" type: "Input" top: "data"
      input_param { shape { dim: 2 dim: 4 } } }
    layer { name: "label" type: "Input" top: "label"
      input_param { shape { dim: 2 dim: 1 } } }
    layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc"
      inner_product_param { num_output: 9 } })";
const char* const kUses[] = {
    R"(layer { name: "use" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
         top: "use" })",
    R"(layer { name: "use" type: "Accuracy" bottom: "fc" bottom: "label"
         top: "use" accuracy_param { axis: -1 } })",
    R"(layer { name: "flat" type: "Flatten" bottom: "label" top: "flat" }
       layer { name: "use" type: "SoftmaxWithLoss" bottom: "fc" bottom: "flat"
         top: "use" softmax_param { axis: 1 } })"};

TEST(ClassCheckTest, EveryClassNeedsAScore) {
  for (const char* use : kUses) {
    ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                         PlanGraphFromText(std::string(kInputs) + use));
    EXPECT_OK(CheckClasses(planned.graph, 9));
    EXPECT_OK(CheckClasses(planned.graph, 2));
    EXPECT_THAT(
        CheckClasses(planned.graph, 10),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 HasSubstr("layer \"use\": bottom \"fc\" scores 9 classes, "
                           "but the data set has 10: the layer that makes it "
                           "needs num_output: 10")));
  }
}

// A class that the loss ignores needs no score.
TEST(ClassCheckTest, IgnoredClassesNeedNoScore) {
  for (const char* use :
       {R"(layer { name: "use" type: "SoftmaxWithLoss" bottom: "fc"
             bottom: "label" top: "use" loss_param { ignore_label: 9 } })",
        R"(layer { name: "use" type: "Accuracy" bottom: "fc" bottom: "label"
             top: "use" accuracy_param { ignore_label: 9 } })"}) {
    ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                         PlanGraphFromText(std::string(kInputs) + use));
    EXPECT_OK(CheckClasses(planned.graph, 10));
    EXPECT_THAT(CheckClasses(planned.graph, 11),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("the data set has 11")));
  }
}

}  // namespace
}  // namespace tamp
