#include "solvers/evaluation/class_check.h"

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
    EXPECT_OK(CheckClasses(planned.graph, 9, {}));
    EXPECT_OK(CheckClasses(planned.graph, 2, {}));
    EXPECT_THAT(
        CheckClasses(planned.graph, 10, {}),
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
    EXPECT_OK(CheckClasses(planned.graph, 10, {}));
    EXPECT_THAT(CheckClasses(planned.graph, 11, {}),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("the data set has 11")));
  }
}

// Both who use the label must say that it means none, also where it is far from
// the classes.
TEST(ClassCheckTest, OutsideLabelsMustBeIgnored) {
  const OutsideLabel outside[] = {{255, "labels: sample 7"}};
  const auto plan = [](const char* loss, const char* accuracy) {
    return PlanGraphFromText(
        std::string(kInputs) +
        R"(layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc"
             bottom: "label" top: "loss" )" +
        loss + R"(}
           layer { name: "accuracy" type: "Accuracy" bottom: "fc"
             bottom: "label" top: "accuracy" )" +
        accuracy + "}");
  };
  const char* const ignoring_loss = "loss_param { ignore_label: 255 }";
  ASSERT_OK_AND_ASSIGN(
      const PlannedGraph both,
      plan(ignoring_loss, "accuracy_param { ignore_label: 255 }"));
  EXPECT_OK(CheckClasses(both.graph, 9, outside));
  const OutsideLabel two[] = {outside[0], {9, "labels: sample 8"}};
  EXPECT_THAT(CheckClasses(both.graph, 9, two),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("layer \"loss\": labels: sample 8 has label "
                                 "9, labels are 0 to 8")));
  ASSERT_OK_AND_ASSIGN(const PlannedGraph one, plan(ignoring_loss, ""));
  EXPECT_OK(CheckClasses(one.graph, 9, {}));
  EXPECT_THAT(
      CheckClasses(one.graph, 9, outside),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("layer \"accuracy\": labels: sample 7 has label 255, "
                         "labels are 0 to 8; if the data set has more classes, "
                         "set data_param.num_classes; if the label means none, "
                         "set accuracy_param.ignore_label: 255")));
  ASSERT_OK_AND_ASSIGN(const PlannedGraph negative,
                       plan("loss_param { ignore_label: -1 }",
                            "accuracy_param { ignore_label: -1 }"));
  EXPECT_OK(CheckClasses(negative.graph, 9, {}));
  EXPECT_THAT(CheckClasses(negative.graph, 9, outside),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("set loss_param.ignore_label: 255")));
}

}  // namespace
}  // namespace tamp
