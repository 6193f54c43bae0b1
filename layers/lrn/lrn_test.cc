#include <cmath>
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
#include "layers/layer.h"
#include "layers/lrn/lrn_cpu.h"
#include "layers/lrn/lrn_kernel.h"
#include "layers/lrn/lrn_layer.h"
#include "layers/lrn/lrn_reference.h"
#include "proto/layer.pb.h"
#include "tests/util/gradient_check.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;

constexpr auto kAcross = LrnOptions::Region::kAcrossChannels;
constexpr auto kWithin = LrnOptions::Region::kWithinChannel;

absl::StatusOr<LayerPlan> PlanOf(const std::string& options,
                                 const Shape& input) {
  static CpuDevice* const device = new CpuDevice(1);
  PlanContext context;
  context.device = device;
  LayerParameter parameter;
  parameter.set_name("norm");
  parameter.set_type("LRN");
  parameter.add_bottom("x");
  parameter.add_top("y");
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      options, parameter.mutable_lrn_param()));
  absl::StatusOr<std::unique_ptr<Layer>> layer =
      LrnLayer::Create(parameter, MakeLrnCpu);
  if (!layer.ok()) return layer.status();
  return (*layer)->Plan({input}, context);
}

TEST(LrnLayerTest, Plans) {
  for (const Shape& shape : {Shape{2, 3, 4, 5}, Shape{2, 3}}) {
    ASSERT_OK_AND_ASSIGN(const LayerPlan plan, PlanOf("", shape));
    EXPECT_THAT(plan.outputs, ElementsAre(shape));
    EXPECT_THAT(plan.saved_bytes, ElementsAre(shape.num_elements() * 4));
    EXPECT_FALSE(plan.can_run_in_place);
    EXPECT_TRUE(plan.backward_reads_inputs);
    EXPECT_FALSE(plan.backward_reads_outputs);
  }
  EXPECT_OK(PlanOf("norm_region: WITHIN_CHANNEL local_size: 3", {2, 3, 4, 5}));
}

struct BadCase {
  const char* options;
  Shape input;
  const char* message;
};

TEST(LrnLayerTest, RefusesWhatItCannotDo) {
  const BadCase cases[] = {
      {"local_size: 4", {2, 3}, "local_size is 4, it must be odd"},
      {"local_size: 0", {2, 3}, "local_size is 0, it must be odd"},
      {"alpha: -1", {2, 3}, "alpha is -1, it must be at least 0"},
      {"k: 0", {2, 3}, "k is 0, it must be more than 0"},
      {"k: nan", {2, 3}, "k is nan, it must be more than 0"},
      {"norm_region: WITHIN_CHANNEL k: 2",
       {2, 3, 4, 5},
       "k is 2, with WITHIN_CHANNEL only 1 is supported"},
      {"norm_region: WITHIN_CHANNEL",
       {2, 3},
       "bottom \"x\" has shape 2x3, it must have 4 axes: images, channels, "
       "height, width"},
  };
  for (const BadCase& bad : cases) {
    EXPECT_THAT(PlanOf(bad.options, bad.input),
                StatusIs(absl::StatusCode::kInvalidArgument, bad.message))
        << bad.options;
  }
}

// Everything that a kernel reads and writes.
template <typename T>
struct Problem {
  explicit Problem(const LrnOptions& o, Padding padding = {})
      : x({o.num, o.channels, o.height, o.width}, padding),
        y(x.shape(), padding),
        dx(x.shape(), padding),
        dy(x.shape(), padding),
        scale(x.shape().num_elements(), T(NAN)) {
    RandomStream random(8);
    x.FillRandom(&random);
    dy.FillRandom(&random);
    dx.Fill(9);
  }

  LrnForwardArgs<T> Forward() {
    return {x.strided(), y.strided(), scale.data(), workspace.data()};
  }
  LrnBackwardArgs<T> Backward(GradMode mode) {
    return {x.strided(),  scale.data(), dy.strided(),
            dx.strided(), mode,         workspace.data()};
  }

  TestTensor<T> x, y, dx, dy;
  std::vector<T> scale;
  std::vector<char> workspace;
};

TEST(LrnReferenceTest, AcrossChannelsByHand) {
  const LrnOptions options = {1, 4, 1, 1, kAcross, 3, 3, 1, 1};
  Problem<double> p(options);
  p.x.FromVector({1, 2, 3, 4});
  LrnForwardReference<double>(options, p.Forward());
  EXPECT_THAT(p.scale, ElementsAre(6, 15, 30, 26));
  EXPECT_THAT(p.y.ToVector(),
              ElementsAre(DoubleNear(1 / 6., 1e-12), DoubleNear(2 / 15., 1e-12),
                          DoubleNear(0.1, 1e-12), DoubleNear(4 / 26., 1e-12)));
  p.dy.FromVector({0, 1, 0, 0});
  LrnBackwardReference<double>(options, p.Backward(GradMode::kWrite));
  // dy y / scale = 2 / 225 at the second channel, times 2 x everywhere around.
  EXPECT_THAT(p.dx.ToVector(),
              ElementsAre(DoubleNear(-4 / 225., 1e-12),
                          DoubleNear(1 / 15. - 8 / 225., 1e-12),
                          DoubleNear(-12 / 225., 1e-12), 0));
}

TEST(LrnReferenceTest, WithinChannelByHand) {
  const LrnOptions options = {1, 1, 2, 3, kWithin, 3, 9, 1, 1};
  Problem<double> p(options);
  p.x.FromVector({1, 0, 2,  //
                  0, 3, 0});
  LrnForwardReference<double>(options, p.Forward());
  EXPECT_THAT(p.scale, ElementsAre(11, 15, 14, 11, 15, 14));
  EXPECT_THAT(p.y.ToVector()[4], DoubleNear(0.2, 1e-12));
}

TEST(LrnReferenceTest, Gradient) {
  for (const auto region : {kAcross, kWithin}) {
    const LrnOptions options = {2, 4, 3, 5, region, 3, 2, 0.75f, 1};
    Problem<double> p(options);
    const auto objective = [&] {
      LrnForwardReference<double>(options, p.Forward());
      return Dot(&p.dy, &p.y);
    };
    objective();
    LrnBackwardReference<double>(options, p.Backward(GradMode::kWrite));
    CheckGradient(objective, &p.x, &p.dx);
  }
}

struct Case {
  LrnOptions options;
  Padding padding;
};

class LrnCpuTest : public testing::TestWithParam<Case> {};

TEST_P(LrnCpuTest, EqualsReference) {
  for (const auto region : {kAcross, kWithin}) {
    LrnOptions options = GetParam().options;
    options.region = region;
    for (const GradMode mode : {GradMode::kWrite, GradMode::kAdd}) {
      Problem<float> expected(options);
      LrnForwardReference<float>(options, expected.Forward());
      LrnBackwardReference<float>(options, expected.Backward(mode));
      std::vector<float> one_thread_y, one_thread_dx;
      for (const int threads : {1, 3}) {
        CpuDevice device(threads);
        const auto kernel = MakeLrnCpu(options, device).value();
        Problem<float> p(options, GetParam().padding);
        // Workspaces may hold anything before a call.
        p.workspace.assign(kernel->forward_workspace_bytes(), '\xff');
        kernel->Forward(p.Forward());
        p.workspace.assign(kernel->backward_workspace_bytes(), '\xff');
        kernel->Backward(p.Backward(mode));
        EXPECT_TRUE(AllClose(p.y.ToVector(), expected.y.ToVector(), 16));
        EXPECT_TRUE(AllClose(p.scale, expected.scale, 16));
        EXPECT_TRUE(AllClose(p.dx.ToVector(), expected.dx.ToVector(), 16));
        EXPECT_TRUE(p.y.PaddingIsUntouched());
        EXPECT_TRUE(p.dx.PaddingIsUntouched());
        if (threads == 1) {
          one_thread_y = p.y.ToVector();
          one_thread_dx = p.dx.ToVector();
        }
        EXPECT_EQ(p.y.ToVector(), one_thread_y);
        EXPECT_EQ(p.dx.ToVector(), one_thread_dx);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    AwkwardSizes, LrnCpuTest,
    testing::Values(Case{{1, 1, 1, 1, kAcross, 5, 1, 0.75f, 1}, {}},
                    Case{{3, 7, 5, 3, kAcross, 3, 2, 0.75f, 1}, {1, 2}},
                    Case{{11, 4, 3, 6, kAcross, 5, 1, 0.5f, 1}, {0, 3}},
                    // A neighborhood larger than the tensor, and of one.
                    Case{{2, 3, 2, 9, kAcross, 99, 1, 1, 1}, {2, 0}},
                    Case{{2, 3, 4, 4, kAcross, 1, 1, 0.75f, 1}, {3, 1}}));

}  // namespace
}  // namespace tamp
