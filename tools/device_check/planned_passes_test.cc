#include "tools/device_check/planned_passes.h"

#include <string>
#include <vector>

#include "core/files/atomic_file.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;

std::vector<NetConvolution> TwoConvolutions() {
  NetConvolution a;
  a.layer = "a";
  a.options.num = 8;
  a.options.channels = 16;
  a.options.height = a.options.width = 8;
  a.options.num_output = 12;
  a.options.kernel_h = a.options.kernel_w = 3;
  a.options.pad_h = a.options.pad_w = 1;
  NetConvolution b = a;
  b.layer = "b";
  b.options.channels = 28;
  return {a, b};
}

PlanningOptions Options(const std::string& device) {
  PlanningOptions options;
  options.device = device;
  options.workspace_budget = 1 << 30;
  return options;
}

TEST(PlanPassesTest, PlansEachDirection) {
  for (const char* device : {"h100", "a100"}) {
    ASSERT_OK_AND_ASSIGN(const std::vector<PlannedPass> passes,
                         PlanPasses(TwoConvolutions(), Options(device)));
    ASSERT_EQ(passes.size(), 6);
    EXPECT_EQ(passes[0].layer, "a");
    EXPECT_EQ(passes[5].layer, "b");
    EXPECT_EQ(passes[5].problem.direction,
              ConvolutionDirection::kFilterGradient);
    for (const PlannedPass& pass : passes) {
      EXPECT_EQ(pass.refusal, "");
      EXPECT_GE(pass.engine, 0);
      EXPECT_GT(pass.num_proposed, 0);
    }
  }
}

TEST(PlanPassesTest, GoesForwardAloneInTesting) {
  PlanningOptions options = Options("h100");
  options.phase = TEST;
  ASSERT_OK_AND_ASSIGN(const std::vector<PlannedPass> passes,
                       PlanPasses(TwoConvolutions(), options));
  ASSERT_EQ(passes.size(), 2);
  EXPECT_EQ(passes[1].problem.direction, ConvolutionDirection::kForward);
}

TEST(PlanPassesTest, SaysWhyAPassHasNoPlan) {
  PlanningOptions options = Options("h100");
  options.workspace_budget = -1;
  ASSERT_OK_AND_ASSIGN(const std::vector<PlannedPass> passes,
                       PlanPasses(TwoConvolutions(), options));
  EXPECT_THAT(passes[0].refusal, HasSubstr("more workspace than allowed"));
}

TEST(PlanPassesTest, RefusesDevicesThatItDoesNotKnow) {
  EXPECT_THAT(PlanPasses(TwoConvolutions(), Options("h101")),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("\"h101\": there are \"h100\" and \"a100\", "
                                 "and there is no such file")));
}

TEST(PlanMemoryTest, NeedsTheSizesOfTheDevice) {
  const std::string file = testing::TempDir() + "/no_sizes.json";
  for (const char* const text :
       {"{}", "[]", "?", "{\"totalGlobalMem\": true}"}) {
    ASSERT_OK(WriteFileAtomically(file, {text}));
    EXPECT_THAT(PlanMemory({}, Options(file)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "the description of the device lacks totalGlobalMem"));
  }
}

TEST(PlanPassesTest, ReadsADescriptionFromAFile) {
  const std::string file = testing::TempDir() + "/device.json";
  ASSERT_OK(WriteFileAtomically(file, {"{}"}));
  EXPECT_THAT(PlanPasses(TwoConvolutions(), Options(file)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("device properties")));
}

}  // namespace
}  // namespace tamp
