#include "kernels/cpu/product_precision_cpu.h"

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;

TEST(PrecisionOnCpuTest, KeepsRoundsUpOrRefuses) {
  using P = ProductPrecision;
  EXPECT_EQ(PrecisionOnCpu(P::kFloat32).value(), P::kFloat32);
  EXPECT_EQ(PrecisionOnCpu(P::kTf32).value(), P::kFloat32);
  EXPECT_EQ(PrecisionOnCpu(P::kBf16).value(), P::kBf16);
  EXPECT_THAT(PrecisionOnCpu(P::kFp16).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("use BF16 or FLOAT32, or a GPU")));
}

}  // namespace
}  // namespace tamp
