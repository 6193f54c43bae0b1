#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"
#include "tools/device_check/planned_passes.h"

namespace tamp {
namespace {

TEST(NoCudaTest, SaysWhatToDo) {
  EXPECT_THAT(PlanPasses({}, {}),
              StatusIs(absl::StatusCode::kUnavailable,
                       testing::HasSubstr("build with --config=cuda")));
  EXPECT_THAT(PlanMemory({}, {}),
              StatusIs(absl::StatusCode::kUnavailable,
                       testing::HasSubstr("build with --config=cuda")));
}

}  // namespace
}  // namespace tamp
