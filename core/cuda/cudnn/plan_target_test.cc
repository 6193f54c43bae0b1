#include "core/cuda/cudnn/plan_target.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(PlanTargetTest, KnowsItsDescriptions) {
  for (const char* name : {"h100", "a100"}) {
    ASSERT_OK_AND_ASSIGN(const std::string json, DeviceDescription(name));
    EXPECT_OK(PlanTarget::Described(json)) << name;
  }
}

TEST(PlanTargetTest, SaysWhichDescriptionsThereAre) {
  EXPECT_THAT(DeviceDescription("b100"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("\"b100\": there are \"h100\" and \"a100\"")));
}

TEST(PlanTargetTest, RefusesWhatDescribesNoDevice) {
  ASSERT_OK_AND_ASSIGN(const std::string h100, DeviceDescription("h100"));
  for (const std::string& json :
       {std::string(), std::string("h100"), std::string("{}"),
        h100.substr(0, h100.size() / 2)}) {
    EXPECT_THAT(PlanTarget::Described(json),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         StartsWith("cudnnBackendFinalize(device properties)")))
        << json;
  }
}

}  // namespace
}  // namespace tamp
