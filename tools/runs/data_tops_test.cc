#include "tools/runs/data_tops.h"

#include <cmath>
#include <memory>
#include <set>

#include "gtest/gtest.h"
#include "layers/tensor_copy.h"
#include "net/backend.h"
#include "proto/text_format.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

constexpr char kNet[] = R"(
  layer { name: "in" type: "Input" top: "data" top: "label"
          input_param { shape { dim: 200 dim: 30 } shape { dim: 200 } } }
  layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc"
          inner_product_param { num_output: 7 } }
  layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
          top: "loss" })";

class DataTopsTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  void SetUp() override {
    NetOptions options;
    options.backend = backend_;
    ASSERT_OK_AND_ASSIGN(const NetParameter parameter,
                         ParseNetText(kNet, "net.prototxt"));
    ASSERT_OK_AND_ASSIGN(net_, Net::Create(parameter, options));
  }

  const Backend backend_ = GetParam().make_backend(1);
  std::unique_ptr<Net> net_;
};
INSTANTIATE_TEST_SUITE_P(Devices, DataTopsTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(DataTopsTest, FindsDataAndLabels) {
  const std::vector<DataTop> tops = FindDataTops(net_.get());
  ASSERT_EQ(tops.size(), 2);
  EXPECT_EQ(tops[0].name, "data");
  EXPECT_EQ(tops[0].num_classes, 0);
  EXPECT_EQ(tops[0].view.shape, Shape({200, 30}));
  EXPECT_EQ(tops[1].name, "label");
  EXPECT_EQ(tops[1].num_classes, 7);
}

TEST_P(DataTopsTest, FillsWithNormalNumbersAndValidClasses) {
  const std::vector<DataTop> tops = FindDataTops(net_.get());
  RandomData(tops, 3).Fill(backend_.device.get());
  double sum = 0, squares = 0;
  for (const float x : CopyToHost(tops[0].view, backend_.device.get())) {
    sum += x;
    squares += double{x} * x;
  }
  // 6,000 numbers: the mean's deviation is 0.013, the variance's 0.018.
  EXPECT_NEAR(sum / 6000, 0, 0.06);
  EXPECT_NEAR(squares / 6000, 1, 0.09);
  const std::vector<float> labels =
      CopyToHost(tops[1].view, backend_.device.get());
  const std::set<float> classes(labels.begin(), labels.end());
  EXPECT_EQ(classes, std::set<float>({0, 1, 2, 3, 4, 5, 6}));
}

TEST_P(DataTopsTest, TheSeedDecides) {
  const std::vector<DataTop> tops = FindDataTops(net_.get());
  RandomData(tops, 3).Fill(backend_.device.get());
  const std::vector<float> first =
      CopyToHost(tops[0].view, backend_.device.get());
  RandomData(tops, 4).Fill(backend_.device.get());
  EXPECT_NE(CopyToHost(tops[0].view, backend_.device.get()), first);
  RandomData(tops, 3).Fill(backend_.device.get());
  EXPECT_EQ(CopyToHost(tops[0].view, backend_.device.get()), first);
}

}  // namespace
}  // namespace tamp
