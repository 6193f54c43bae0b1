#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/cpu/cpu_device.h"
#include "core/rng.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "layers/inner_product/inner_product_cpu.h"
#include "layers/inner_product/inner_product_kernel.h"
#include "layers/inner_product/inner_product_layer.h"
#include "layers/inner_product/inner_product_reference.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"
#include "tests/util/gradient_check.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::ElementsAre;

absl::StatusOr<LayerPlan> PlanOf(const std::string& options,
                                 const Shape& input) {
  static CpuDevice* const device = new CpuDevice(1);
  PlanContext context;
  context.device = device;
  LayerParameter parameter;
  parameter.set_name("fc");
  parameter.set_type("InnerProduct");
  parameter.add_bottom("x");
  parameter.add_top("y");
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      options, parameter.mutable_inner_product_param()));
  absl::StatusOr<std::unique_ptr<Layer>> layer =
      InnerProductLayer::Create(parameter, MakeInnerProductCpu);
  if (!layer.ok()) return layer.status();
  return (*layer)->Plan({input}, context);
}

TEST(InnerProductLayerTest, Plans) {
  ASSERT_OK_AND_ASSIGN(
      const LayerPlan plan,
      PlanOf("num_output: 10 weight_filler { type: 'gaussian' std: 0.01 } "
             "bias_filler { value: 2 }",
             {6, 20, 3, 2}));
  EXPECT_THAT(plan.outputs, ElementsAre(Shape({6, 10})));
  ASSERT_EQ(plan.parameters.size(), 2);
  EXPECT_EQ(plan.parameters[0].name, "weight");
  EXPECT_EQ(plan.parameters[0].shape, Shape({10, 120}));
  EXPECT_EQ(plan.parameters[0].filler.type(), "gaussian");
  EXPECT_EQ(plan.parameters[1].name, "bias");
  EXPECT_EQ(plan.parameters[1].shape, Shape({10}));
  EXPECT_EQ(plan.parameters[1].filler.value(), 2);
  EXPECT_EQ(plan.forward_multiply_adds, 6 * 10 * 120);
  EXPECT_TRUE(plan.backward_reads_inputs);
  EXPECT_FALSE(plan.backward_reads_outputs);
}

TEST(InnerProductLayerTest, PlansAxisAndTranspose) {
  ASSERT_OK_AND_ASSIGN(
      const LayerPlan last,
      PlanOf("num_output: 5 axis: -1 transpose: true bias_term: false",
             {6, 20, 3}));
  EXPECT_THAT(last.outputs, ElementsAre(Shape({6, 20, 5})));
  ASSERT_EQ(last.parameters.size(), 1);
  EXPECT_EQ(last.parameters[0].shape, Shape({3, 5}));
  EXPECT_EQ(last.parameters[0].filler.type(), "xavier");
  ASSERT_OK_AND_ASSIGN(const LayerPlan all,
                       PlanOf("num_output: 5 axis: 0", {6, 20}));
  EXPECT_THAT(all.outputs, ElementsAre(Shape({5})));
  EXPECT_EQ(all.parameters[0].shape, Shape({5, 120}));
}

struct BadCase {
  const char* options;
  Shape input;
  const char* message;
};

TEST(InnerProductLayerTest, RefusesWhatItCannotDo) {
  const BadCase cases[] = {
      {"", {2, 3}, "needs num_output"},
      {"num_output: 0", {2, 3}, "num_output is 0, it must be at least 1"},
      {"num_output: 4 axis: 2", {2, 3}, "axis 2 is out of range for shape 2x3"},
      {"num_output: 4294967295",
       {2, 3},
       "is too large: rows (2), inputs (3) and num_output (4294967295) must be "
       "below 2^31"},
      {"num_output: 2147483647",
       {2, 1000},
       "the weight's shape 2147483647x1000 has more than 2^40 elements"},
      {"num_output: 2147483647",
       {1000, 2},
       "shape 1000x2147483647 has more than 2^40 elements"},
  };
  for (const BadCase& bad : cases) {
    EXPECT_THAT(PlanOf(bad.options, bad.input),
                StatusIs(absl::StatusCode::kInvalidArgument, bad.message))
        << bad.options;
  }
}

// A matrix product between tensors: x has the axes before `axis` as rows.
InnerProductOptions Options(const Shape& x, int axis, int64_t num_outputs,
                            bool transposed) {
  InnerProductOptions o;
  o.num_rows = x.count(0, axis);
  o.num_inputs = x.count(axis);
  o.num_outputs = num_outputs;
  o.x = {x.num(), x.channels(), x.spatial()};
  std::vector<int64_t> dims(x.dims().begin(), x.dims().begin() + axis);
  dims.push_back(num_outputs);
  const Shape y = *Shape::Create(dims);
  o.y = {y.num(), y.channels(), y.spatial()};
  o.transposed = transposed;
  return o;
}

Shape ShapeOf(const InnerProductExtents& e) {
  return {e.num, e.channels, e.spatial};
}

// Everything that a kernel reads and writes.
template <typename T>
struct Problem {
  explicit Problem(const InnerProductOptions& options, Padding padding = {})
      : x(ShapeOf(options.x), padding),
        y(ShapeOf(options.y), padding),
        dx(x.shape(), padding),
        dy(y.shape(), padding),
        w({1, 1, options.num_inputs * options.num_outputs}),
        bias({1, 1, options.num_outputs}),
        dw(w.shape()),
        dbias(bias.shape()) {
    RandomStream random(7);
    x.FillRandom(&random);
    dy.FillRandom(&random);
    w.FillRandom(&random);
    bias.FillRandom(&random);
    dx.Fill(9);
    dw.Fill(9);
    dbias.Fill(9);
  }

  InnerProductForwardArgs<T> Forward(bool has_bias) {
    return {x.strided(), w.at(0, 0), has_bias ? bias.at(0, 0) : nullptr,
            y.strided(), workspace.data()};
  }

  InnerProductBackwardArgs<T> Backward(bool has_bias, GradMode mode) {
    return {x.strided(),
            w.at(0, 0),
            dy.strided(),
            dx.strided(),
            mode,
            dw.at(0, 0),
            mode,
            dbias.at(0, 0),
            has_bias ? mode : GradMode::kSkip,
            workspace.data()};
  }

  TestTensor<T> x, y, dx, dy, w, bias, dw, dbias;
  std::vector<char> workspace;
};

TEST(InnerProductReferenceTest, ByHand) {
  for (const bool transposed : {false, true}) {
    const InnerProductOptions options = Options({2, 3}, 1, 2, transposed);
    Problem<double> p(options);
    p.x.FromVector({1, 2, 3,  //
                    4, 5, 6});
    if (transposed) {
      p.w.FromVector({1, 0, 10, 1, 100, 2});
    } else {
      p.w.FromVector({1, 10, 100, 0, 1, 2});
    }
    p.bias.FromVector({0.5, 0});
    InnerProductForwardReference<double>(options, p.Forward(true));
    EXPECT_THAT(p.y.ToVector(), ElementsAre(321.5, 8, 654.5, 17));
    p.dy.FromVector({1, 0, 2, 1});
    InnerProductBackwardReference<double>(options,
                                          p.Backward(true, GradMode::kWrite));
    EXPECT_THAT(p.dx.ToVector(), ElementsAre(1, 10, 100, 2, 21, 202));
    if (transposed) {
      EXPECT_THAT(p.dw.ToVector(), ElementsAre(9, 4, 12, 5, 15, 6));
    } else {
      EXPECT_THAT(p.dw.ToVector(), ElementsAre(9, 12, 15, 4, 5, 6));
    }
    EXPECT_THAT(p.dbias.ToVector(), ElementsAre(3, 1));
  }
}

TEST(InnerProductReferenceTest, Gradient) {
  for (const bool transposed : {false, true}) {
    const InnerProductOptions options = Options({2, 2, 3}, 1, 4, transposed);
    Problem<double> p(options);
    const auto objective = [&] {
      InnerProductForwardReference<double>(options, p.Forward(true));
      return Dot(&p.dy, &p.y);
    };
    InnerProductBackwardReference<double>(options,
                                          p.Backward(true, GradMode::kWrite));
    CheckGradient(objective, &p.x, &p.dx);
    CheckGradient(objective, &p.w, &p.dw);
    CheckGradient(objective, &p.bias, &p.dbias);
  }
}

struct Case {
  InnerProductOptions options;
  Padding padding;
  bool has_bias;
};

class InnerProductCpuTest : public testing::TestWithParam<Case> {};

void RunKernel(int threads, const Case& c, GradMode mode, Problem<float>* p) {
  CpuDevice device(threads);
  const auto kernel = MakeInnerProductCpu(c.options, device).value();
  // Workspaces may hold anything before a call.
  p->workspace.assign(kernel->forward_workspace_bytes(), '\xff');
  kernel->Forward(p->Forward(c.has_bias));
  p->workspace.assign(kernel->backward_workspace_bytes(), '\xff');
  kernel->Backward(p->Backward(c.has_bias, mode));
}

TEST_P(InnerProductCpuTest, EqualsReference) {
  const auto& [options, padding, has_bias] = GetParam();
  for (const GradMode mode : {GradMode::kWrite, GradMode::kAdd}) {
    Problem<float> p(options, padding), expected(options);
    RunKernel(1, GetParam(), mode, &p);
    InnerProductForwardReference<float>(options, expected.Forward(has_bias));
    InnerProductBackwardReference<float>(options,
                                         expected.Backward(has_bias, mode));
    EXPECT_TRUE(AllClose(p.y.ToVector(), expected.y.ToVector(), 32));
    EXPECT_TRUE(AllClose(p.dx.ToVector(), expected.dx.ToVector(), 32));
    EXPECT_TRUE(AllClose(p.dw.ToVector(), expected.dw.ToVector(), 32));
    EXPECT_TRUE(AllClose(p.dbias.ToVector(), expected.dbias.ToVector(), 32));
    EXPECT_TRUE(p.y.PaddingIsUntouched());
    EXPECT_TRUE(p.dx.PaddingIsUntouched());
  }
}

TEST_P(InnerProductCpuTest, SameBitsOnAnyNumberOfThreads) {
  const auto& [options, padding, has_bias] = GetParam();
  Problem<float> one(options, padding), three(options, padding);
  RunKernel(1, GetParam(), GradMode::kWrite, &one);
  RunKernel(3, GetParam(), GradMode::kWrite, &three);
  EXPECT_EQ(one.y.ToVector(), three.y.ToVector());
  EXPECT_EQ(one.dx.ToVector(), three.dx.ToVector());
  EXPECT_EQ(one.dw.ToVector(), three.dw.ToVector());
  EXPECT_EQ(one.dbias.ToVector(), three.dbias.ToVector());
}

TEST_P(InnerProductCpuTest, SkipsWhatIsNotWanted) {
  const auto& [options, padding, has_bias] = GetParam();
  CpuDevice device(1);
  const auto kernel = MakeInnerProductCpu(options, device).value();
  Problem<float> all(options, padding), p(options, padding);
  RunKernel(1, GetParam(), GradMode::kWrite, &all);
  p.workspace.resize(kernel->backward_workspace_bytes());

  InnerProductBackwardArgs<float> args = p.Backward(false, GradMode::kWrite);
  args.dx = {};
  args.dx_mode = GradMode::kSkip;
  kernel->Backward(args);
  EXPECT_EQ(p.dw.ToVector(), all.dw.ToVector());

  args = p.Backward(false, GradMode::kWrite);
  args.dw = nullptr;
  args.dw_mode = GradMode::kSkip;
  kernel->Backward(args);
  EXPECT_EQ(p.dx.ToVector(), all.dx.ToVector());
}

// Padding decides whether rows are read in place or copied: behind images only,
// rows of whole images stay dense; behind channels, rows of one channel do.
INSTANTIATE_TEST_SUITE_P(
    AwkwardSizes, InnerProductCpuTest,
    testing::Values(Case{Options({1, 1}, 1, 1, false), {}, true},
                    Case{Options({6, 20, 1}, 1, 10, false), {}, true},
                    Case{Options({6, 20, 1}, 1, 10, true), {0, 3}, true},
                    Case{Options({5, 17, 6}, 1, 33, false), {0, 2}, false},
                    Case{Options({5, 17, 6}, 1, 33, true), {1, 2}, true},
                    Case{Options({3, 7, 9}, 2, 5, false), {2, 0}, true},
                    Case{Options({3, 7, 9}, 2, 5, true), {2, 1}, true},
                    Case{Options({3, 7, 9}, 0, 5, false), {}, true},
                    Case{Options({3, 7, 9}, 0, 5, true), {1, 1}, false},
                    Case{Options({2, 3, 4, 5}, 3, 31, false), {1, 0}, true},
                    Case{Options({257, 3}, 1, 2, false), {0, 1}, true},
                    Case{Options({2, 300}, 1, 290, true), {1, 0}, true}));

TEST(InnerProductCpuTest, ReadsImagesThatAdjoinByChannel) {
  // x and y in CNHW order: the channels of an image are far apart.
  const InnerProductOptions options = Options({4, 6}, 1, 3, false);
  CpuDevice device(1);
  const auto kernel = MakeInnerProductCpu(options, device).value();
  Problem<float> dense(options);
  RunKernel(1, {options, {}, true}, GradMode::kWrite, &dense);
  std::vector<float> x(24), y(12);
  for (int64_t n = 0; n < 4; ++n) {
    for (int64_t c = 0; c < 6; ++c) x[c * 4 + n] = *dense.x.at(n, c);
  }
  dense.workspace.resize(kernel->forward_workspace_bytes());
  InnerProductForwardArgs<float> args = dense.Forward(true);
  args.x = {x.data(), 1, 4};
  args.y = {y.data(), 1, 4};
  kernel->Forward(args);
  for (int64_t n = 0; n < 4; ++n) {
    for (int64_t c = 0; c < 3; ++c) {
      EXPECT_FLOAT_EQ(y[c * 4 + n], *dense.y.at(n, c));
    }
  }
}

}  // namespace
}  // namespace tamp
