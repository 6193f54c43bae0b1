// That these are the launches of a GPU: tests/nets/step_launches_test.cc.

#include "tools/device_check/step_launches.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/graph/parameter_store.h"
#include "net/planned_net.h"
#include "proto/net.pb.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class StepLaunchesTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(net_, ReadNetFile("net/densenet40.prototxt"));
    options_.backend = TestBackend();
    options_.batch_size = 1;
  }

  absl::StatusOr<std::vector<Launch>> Count(DevicePrecision precision) {
    ParameterStore parameters;
    absl::StatusOr<PlannedNet> planned = PlanNet(net_, options_, &parameters);
    if (!planned.ok()) return planned.status();
    return StepLaunches(*planned, parameters, precision);
  }

  // Works and bytes of a layer.
  std::vector<std::pair<std::string, int64_t>> Of(absl::string_view layer,
                                                  DevicePrecision precision) {
    std::vector<std::pair<std::string, int64_t>> works;
    const absl::StatusOr<std::vector<Launch>> launches = Count(precision);
    EXPECT_OK(launches.status());
    if (!launches.ok()) return works;
    for (const Launch& launch : *launches) {
      if (launch.layer == layer) works.emplace_back(launch.work, launch.bytes);
    }
    return works;
  }

  NetParameter net_;
  NetOptions options_;
};

// All layers behind it have given their gradients when it adds its own.
TEST_F(StepLaunchesTest, CountsADenseLayer) {
  const int64_t x = 76 * 1024, w = 12 * 76 * 9, y = 12 * 1024;
  EXPECT_THAT(
      Of("block1/2/conv", DevicePrecision::kFp32),
      ElementsAre(Pair("prepare norm", 0), Pair("load", 8 * x),
                  Pair("convolve", 4 * (x + w + y)), Pair("store", 8 * y),
                  Pair("prepare finishing", 0), Pair("finish gradient", 12 * y),
                  Pair("load", 8 * x), Pair("filter gradient", 4 * (x + w + y)),
                  Pair("input gradient", 4 * (x + w + y)),
                  Pair("store gradient", 4 * (x + x + 2 * x))));
}

TEST_F(StepLaunchesTest, CountsPackingOfHalfTypes) {
  const int64_t x = 76 * 1024, w = 12 * 76 * 9, y = 12 * 1024;
  EXPECT_THAT(
      Of("block1/2/conv", DevicePrecision::kBf16),
      ElementsAre(
          Pair("prepare norm", 0), Pair("load", 8 * x), Pair("pack", 6 * x),
          Pair("pack", 6 * w), Pair("convolve", 2 * (x + w + y)),
          Pair("unpack", 6 * y), Pair("store", 8 * y),
          Pair("prepare finishing", 0), Pair("finish gradient", 12 * y),
          Pair("load", 8 * x), Pair("pack", 6 * x), Pair("pack", 6 * y),
          Pair("filter gradient", 2 * (x + w + y)), Pair("unpack", 6 * w),
          Pair("pack", 6 * y), Pair("pack", 6 * w),
          Pair("input gradient", 2 * (x + w + y)), Pair("unpack", 6 * x),
          Pair("store gradient", 4 * (x + x + 2 * x))));
}

// It pools before it multiplies, and writes its gradient first. Its output is
// whole, so that the product lies in place.
TEST_F(StepLaunchesTest, CountsATransition) {
  const int64_t x = 208 * 1024, z = x / 4, w = 208 * 208;
  const auto works = Of("trans1/conv", DevicePrecision::kTf32);
  ASSERT_EQ(works.size(), 10u);
  EXPECT_THAT(works[1], Pair("load", 4 * (x + z)));
  EXPECT_THAT(works[2], Pair("convolve", 4 * (z + w + z)));
  EXPECT_THAT(works[9], Pair("store gradient", 4 * (z + x + x)));
}

TEST_F(StepLaunchesTest, CountsTheUpdateOfAllParameters) {
  ASSERT_OK_AND_ASSIGN(const auto launches, Count(DevicePrecision::kFp32));
  EXPECT_EQ(launches.back().work, "update");
  EXPECT_EQ(launches.back().bytes, 5 * 4 * 1261018);
}

TEST_F(StepLaunchesTest, NamesALayerThatItDoesNotKnow) {
  options_.backend.passes.clear();
  EXPECT_THAT(
      Count(DevicePrecision::kFp32),
      StatusIs(absl::StatusCode::kUnimplemented,
               HasSubstr("layer \"conv1\": what a Convolution launches")));
}

}  // namespace
}  // namespace tamp
