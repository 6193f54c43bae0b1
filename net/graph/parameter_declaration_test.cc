#include "net/graph/parameter_declaration.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/graph/parameter_store.h"
#include "tests/util/planned_graph.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;

constexpr char kInput[] = R"(
layer { name: "in" type: "Input" top: "in"
        input_param { shape { dim: 2 dim: 3 } } })";

std::string Fc(const char* name, const char* param) {
  return std::string("\nlayer { name: '") + name +
         "' type: 'InnerProduct' bottom: 'in' top: '" + name + "' " + param +
         " inner_product_param { num_output: 4 bias_term: false } }";
}

absl::StatusOr<PlannedGraph> Plan(const char* a, const char* b) {
  return PlanGraphFromText(kInput + Fc("a", a) + Fc("b", b));
}

TEST(ParameterDeclarationTest, LayersShareByName) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                       Plan("", "param { name: 'a/weight' }"));
  EXPECT_EQ(planned.parameters->parameters().size(), 1u);
  EXPECT_EQ(planned.graph.nodes[1].parameters[0],
            planned.graph.nodes[2].parameters[0]);
}

TEST(ParameterDeclarationTest, AnyOfThemGivesTheMultipliers) {
  ASSERT_OK_AND_ASSIGN(const PlannedGraph planned,
                       Plan("param { name: 'w' decay_mult: 3 }",
                            "param { name: 'w' lr_mult: 2 decay_mult: 3 }"));
  const Parameter* w = planned.parameters->Find("w");
  ASSERT_NE(w, nullptr);
  EXPECT_EQ(w->lr_mult, 2);
  EXPECT_EQ(w->decay_mult, 3);
}

TEST(ParameterDeclarationTest, MultipliersMustAgree) {
  EXPECT_THAT(
      Plan("param { name: 'w' lr_mult: 1 }", "param { name: 'w' lr_mult: 2 }")
          .status(),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("layer \"b\": gives parameter \"w\" lr_mult 2, but it "
                         "is 1 where that parameter comes from, layer \"a\": "
                         "give one of them only")));
}

// A net for testing against the store of one that learns `trained`.
absl::Status DeclareTest(const std::string& trained,
                         const std::string& tested) {
  ASSIGN_OR_RETURN(PlannedGraph train, PlanGraphFromText(kInput + trained));
  ASSIGN_OR_RETURN(PlannedGraph test, PlanGraphFromText(kInput + tested));
  return DeclareParameters(NewParameters::kRefused, &test.graph,
                           train.parameters.get());
}

TEST(ParameterDeclarationTest, NewOnesMayBeRefused) {
  EXPECT_OK(DeclareTest(Fc("head", ""), Fc("head", "")));
  EXPECT_OK(DeclareTest(Fc("head", ""), Fc("fixed", "param { lr_mult: 0 }")));
  EXPECT_THAT(
      DeclareTest(Fc("head", ""), Fc("haed", "")),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("layer \"haed\": parameter \"haed/weight\" is in no "
                         "layer of the net that is trained; did you mean "
                         "\"head/weight\"?")));
}

// A test net's own multipliers are nobody's business.
TEST(ParameterDeclarationTest, OnlyTheTrainingNetGivesMultipliers) {
  EXPECT_OK(DeclareTest(Fc("a", "param { lr_mult: 2 }"),
                        Fc("a", "param { lr_mult: 1 }")));
}

}  // namespace
}  // namespace tamp
