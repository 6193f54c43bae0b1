#include "tools/runs/net_timing.h"

#include <memory>

#include "gtest/gtest.h"
#include "net/backend.h"
#include "proto/text_format.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/status_matchers.h"
#include "tools/reports/timing_report.h"

namespace tamp {
namespace {

constexpr char kNet[] = R"(
  name: "small"
  layer { name: "in" type: "Input" top: "data" top: "label"
          input_param { shape { dim: 4 dim: 3 dim: 8 dim: 8 }
                        shape { dim: 4 } } }
  layer { name: "a" type: "Convolution" bottom: "data" top: "a"
          convolution_param { num_output: 8 kernel_size: 3 pad: 1 } }
  layer { name: "b" type: "Convolution" bottom: "a" top: "b"
          convolution_param { num_output: 8 kernel_size: 3 pad: 1 } }
  layer { name: "fc" type: "InnerProduct" bottom: "b" top: "fc"
          inner_product_param { num_output: 10 } }
  layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
          top: "loss" })";

class NetTimingTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  NetTiming Time(Phase phase) {
    NetTiming timing;
    NetOptions options;
    options.backend = backend_;
    options.phase = phase;
    absl::StatusOr<NetParameter> parameter = ParseNetText(kNet, "net.prototxt");
    EXPECT_OK(parameter);
    absl::StatusOr<std::unique_ptr<Net>> net = Net::Create(*parameter, options);
    EXPECT_OK(net);
    if (!net.ok()) return timing;
    TimingOptions timing_options;
    timing_options.iterations = 3;
    timing_options.warmup = 1;
    absl::StatusOr<NetTiming> result =
        TimeNet(timing_options, backend_, net->get());
    EXPECT_OK(result);
    return result.ok() ? *std::move(result) : timing;
  }

  const Backend backend_ = GetParam().make_backend(1);
};
INSTANTIATE_TEST_SUITE_P(Devices, NetTimingTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST(SpreadTest, ByHand) {
  EXPECT_EQ(SpreadOf({3, 1, 2}).median, 2);
  EXPECT_EQ(SpreadOf({4, 1, 2, 3}).median, 2.5);
  EXPECT_EQ(SpreadOf({4, 1, 2, 3}).min, 1);
  EXPECT_EQ(SpreadOf({4, 1, 2, 3}).max, 4);
  EXPECT_EQ(SpreadOf({7}).median, 7);
}

TEST_P(NetTimingTest, Training) {
  const NetTiming timing = Time(TRAIN);
  ASSERT_EQ(timing.layers.size(), 5);
  EXPECT_GT(timing.forward.median, 0);
  EXPECT_GT(timing.backward.median, 0);
  EXPECT_GE(timing.step.median, timing.step.min);
  EXPECT_GE(timing.step.max, timing.step.median);
  EXPECT_GE(timing.step.min, timing.forward.min + timing.backward.min);

  // The first convolution needs no gradient of the data.
  const int64_t a = int64_t{4} * 8 * 3 * 9 * 64,
                b = int64_t{4} * 8 * 8 * 9 * 64;
  EXPECT_EQ(timing.layers[1].forward_multiply_adds, a);
  EXPECT_EQ(timing.layers[1].backward_multiply_adds, a);
  EXPECT_EQ(timing.layers[2].forward_multiply_adds, b);
  EXPECT_EQ(timing.layers[2].backward_multiply_adds, 2 * b);
  const int64_t fc = 4 * 10 * 512;
  EXPECT_EQ(timing.forward_multiply_adds, a + b + fc);
  EXPECT_EQ(timing.backward_multiply_adds, a + 2 * b + 2 * fc);
  // Weights and biases.
  EXPECT_EQ(timing.solver_bytes, 4 * (8 * 27 + 8 + 8 * 72 + 8 + 10 * 512 + 10));
}

TEST_P(NetTimingTest, TestPhaseRunsForwardOnly) {
  const NetTiming timing = Time(TEST);
  EXPECT_GT(timing.forward.median, 0);
  EXPECT_EQ(timing.backward.median, 0);
  EXPECT_EQ(timing.backward_multiply_adds, 0);
  EXPECT_EQ(timing.solver_bytes, 0);
}

TEST(TimingReportTest, ByHand) {
  TimingReport report;
  report.net = "small";
  report.phase = "train";
  report.batch_size = 64;
  report.threads = 2;
  report.iterations = 3;
  report.timing.forward = {100, 90, 120};
  report.timing.backward = {290, 280, 310};
  report.timing.update = {10, 9, 11};
  report.timing.step = {400, 380, 440};
  report.timing.forward_multiply_adds = 1'000'000'000;
  report.timing.backward_multiply_adds = 1'000'000'000;
  report.timing.layers = {{"a", "Convolution", 60, 140, 1'000'000, 2'000'000},
                          {"b", "ReLU", 50, 150, 0, 0}};
  report.peak = FmaPeak{100, "AVX3"};
  report.planned_bytes = 300 << 20;
  EXPECT_DOUBLE_EQ(report.ImagesPerSecondTrain(), 160);
  EXPECT_DOUBLE_EQ(report.ImagesPerSecondForward(), 640);
  EXPECT_DOUBLE_EQ(report.Gflops(), 10);

  const nlohmann::ordered_json json = TimingJson(report);
  EXPECT_EQ(json["images_per_second_train"], 160);
  EXPECT_EQ(json["images_per_second_forward"], 640);
  EXPECT_EQ(json["planned_bytes"], 300 << 20);
  EXPECT_EQ(json["fma_peak_gflops"], 100);
  EXPECT_EQ(json["layers"][0]["share"], 0.5);
  EXPECT_EQ(json["layers"][0]["backward_ms"], 140);

  const std::string text = TimingText(report);
  EXPECT_NE(text.find("160.0 images/s"), std::string::npos) << text;
  EXPECT_NE(text.find("10.0 GFLOP/s, 10.0 % of this machine's 100.0 (AVX3)"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("300.0 MiB"), std::string::npos) << text;

  report.device = "cuda:1";
  report.threads = 0;
  report.peak.reset();
  const std::string without_peak = TimingText(report);
  EXPECT_NE(without_peak.find("small, train, batch 64, cuda:1, 3 iterations"),
            std::string::npos)
      << without_peak;
  EXPECT_NE(without_peak.find("10.0 GFLOP/s\n"), std::string::npos);
  EXPECT_TRUE(TimingJson(report)["threads"].is_null());
  EXPECT_TRUE(TimingJson(report)["fma_peak_gflops"].is_null());

  report.phase = "test";
  EXPECT_TRUE(TimingJson(report)["images_per_second_train"].is_null());
  EXPECT_DOUBLE_EQ(report.Gflops(), 20);
}

}  // namespace
}  // namespace tamp
