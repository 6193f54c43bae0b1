#include "net/report/dot_dump.h"

#include "gtest/gtest.h"
#include "net/backend.h"
#include "net/graph/parameter_store.h"
#include "net/planned_net.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

TEST(DotDumpTest, DrawsLayersAndShapes) {
  ASSERT_OK_AND_ASSIGN(const NetParameter net, ParseNetText(R"(
    layer { name: "in" type: "Input" top: "x" top: "y"
            input_param { shape { dim: 2 dim: 3 dim: 4 dim: 4 } } }
    layer { name: "say \"a\"" type: "Convolution" bottom: "x" top: "a"
            convolution_param { num_output: 5 kernel_size: 1 } }
    layer { name: "relu" type: "ReLU" bottom: "y" top: "y" }
    layer { name: "cat" type: "Concat" bottom: "a" bottom: "y" top: "cat" }
  )",
                                                            "net.prototxt"));
  const Backend backend = TestBackend();
  NetOptions options;
  options.backend = backend;
  ParameterStore parameters;
  ASSERT_OK_AND_ASSIGN(const PlannedNet planned,
                       PlanNet(net, options, &parameters));
  EXPECT_EQ(DotDump("two \"branches\"", planned.graph),
            R"(digraph "two \"branches\"" {
  node [shape=box];
  n0 [label="in\nInput"];
  n1 [label="say \"a\"\nConvolution\n20 parameters"];
  n0 -> n1 [label="2x3x4x4"];
  n2 [label="relu\nReLU"];
  n0 -> n2 [label="2x3x4x4"];
  n3 [label="cat\nConcat", style=dashed];
  n1 -> n3 [label="2x5x4x4"];
  n2 -> n3 [label="2x3x4x4"];
}
)");
}

}  // namespace
}  // namespace tamp
