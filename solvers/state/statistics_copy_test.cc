#include "solvers/state/statistics_copy.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/tensor_copy.h"
#include "net/backend.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::Each;

class StatisticsCopyTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  void SetUp() override {
    Add("weight", {2, 3}, ParameterPlan::Kind::kLearned);
    Add("mean", {5}, ParameterPlan::Kind::kStatistic);
    Add("variance", {3}, ParameterPlan::Kind::kStatistic);
    ASSERT_OK(store_.Allocate(device(), 1, /*with_gradients=*/true));
  }

  void Add(const std::string& name, const Shape& shape,
           ParameterPlan::Kind kind) {
    Parameter parameter;
    parameter.name = name;
    parameter.shape = shape;
    parameter.kind = kind;
    store_.Add(std::move(parameter));
  }

  Device* device() const { return backend_.device.get(); }
  View ViewOf(const std::string& name) {
    const Parameter& parameter = *store_.Find(name);
    return View::Dense(parameter.data, parameter.shape);
  }
  void FillAll(float weight, float mean, float variance) {
    FillView(ViewOf("weight"), weight, device());
    FillView(ViewOf("mean"), mean, device());
    FillView(ViewOf("variance"), variance, device());
  }
  std::vector<float> Values(const std::string& name) {
    return CopyToHost(ViewOf(name), device());
  }

  const Backend backend_ = GetParam().make_backend(1);
  ParameterStore store_;
};
INSTANTIATE_TEST_SUITE_P(Devices, StatisticsCopyTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(StatisticsCopyTest, BringsBackStatisticsAndNothingElse) {
  ASSERT_OK_AND_ASSIGN(StatisticsCopy copy,
                       StatisticsCopy::Create(store_, device()));
  FillAll(1, 2, 3);
  copy.Save();
  FillAll(4, 5, 6);
  copy.Restore();
  EXPECT_THAT(Values("weight"), Each(4));
  EXPECT_THAT(Values("mean"), Each(2));
  EXPECT_THAT(Values("variance"), Each(3));
}

}  // namespace
}  // namespace tamp
