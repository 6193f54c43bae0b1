#include "tools/flags/compute_flag.h"

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

ABSL_DECLARE_FLAG(std::string, compute);

namespace tamp {
namespace {

TEST(ComputeFlagTest, GoesBeforeTheNet) {
  NetParameter net;
  EXPECT_OK(SetCompute("bf16", &net));
  EXPECT_EQ(net.compute(), NetParameter::BF16);
  EXPECT_OK(SetCompute("", &net));
  EXPECT_EQ(net.compute(), NetParameter::BF16);
  EXPECT_OK(SetCompute("fp16", &net));
  EXPECT_EQ(net.compute(), NetParameter::FP16);
  EXPECT_OK(SetCompute("tf32", &net));
  EXPECT_EQ(net.compute(), NetParameter::FLOAT32);
  EXPECT_EQ(net.math(), NetParameter::TF32);
  EXPECT_OK(SetCompute("float32", &net));
  EXPECT_EQ(net.compute(), NetParameter::FLOAT32);
  EXPECT_EQ(net.math(), NetParameter::FP32);
}

TEST(ComputeFlagTest, RefusesOtherNames) {
  NetParameter net;
  EXPECT_THAT(
      SetCompute("BF16", &net),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "--compute is \"BF16\", it must be float32, tf32, bf16 or "
               "fp16"));
}

TEST(ComputeFlagTest, SetsAllNetsOfASolver) {
  SolverParameter solver;
  solver.mutable_train_net_param();
  solver.add_test_net_param();
  solver.add_test_net_param();
  absl::SetFlag(&FLAGS_compute, "bf16");
  EXPECT_OK(SetComputeFromFlag(&solver));
  EXPECT_EQ(solver.train_net_param().compute(), NetParameter::BF16);
  EXPECT_EQ(solver.test_net_param(1).compute(), NetParameter::BF16);
  EXPECT_FALSE(solver.has_net_param());
}

}  // namespace
}  // namespace tamp
