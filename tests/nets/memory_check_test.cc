// Nets that need more memory than their device has free.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/cpu/cpu_device.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/net.h"
#include "net/text/batch_size.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr int64_t kMiB = int64_t{1} << 20;

// CPUs with other users.
class BusyDevice : public CpuDevice {
 public:
  explicit BusyDevice(int64_t free_bytes)
      : CpuDevice(/*num_threads=*/1), free_bytes_(free_bytes) {}
  int64_t free_bytes() override { return free_bytes_; }

 private:
  const int64_t free_bytes_;
};

NetOptions OptionsWith(int64_t free_bytes, Phase phase) {
  NetOptions options;
  options.backend = TestBackend();
  options.backend.device = std::make_shared<BusyDevice>(free_bytes);
  options.phase = phase;
  return options;
}

// Values of 64 KiB a sample.
absl::StatusOr<std::unique_ptr<Net>> MakeNet(int64_t batch_size,
                                             const NetOptions& options) {
  const absl::StatusOr<NetParameter> net =
      ParseNetText(absl::StrCat(R"(
          layer { name: "data" type: "Input" top: "data" input_param {
                  shape { dim: )",
                                batch_size, R"( dim: 16 dim: 32 dim: 32 } } }
          layer { name: "a" type: "Convolution" bottom: "data" top: "a"
                  convolution_param { num_output: 16 kernel_size: 1 } }
          layer { name: "b" type: "ReLU" bottom: "a" top: "b" }
          layer { name: "c" type: "Convolution" bottom: "b" top: "c"
                  convolution_param { num_output: 16 kernel_size: 1 } }
          layer { name: "d" type: "TanH" bottom: "c" top: "d" loss_weight: 1 }
      )"),
                   "net");
  if (!net.ok()) return net.status();
  return Net::Create(*net, options);
}

std::string MessageOf(const absl::Status& status) {
  return std::string(status.message());
}

// The number behind `text` in a message; -1: it is not there.
int64_t NumberBehind(absl::string_view text, absl::string_view message) {
  const size_t place = message.find(text);
  if (place == absl::string_view::npos) return -1;
  message.remove_prefix(place + text.size());
  int64_t number = -1;
  EXPECT_TRUE(absl::SimpleAtoi(
      message.substr(0, message.find_first_not_of("0123456789")), &number));
  return number;
}

constexpr char kLargest[] = "the largest batch_size that fits is ";

TEST(MemoryCheckTest, NamesTheLargestBatchThatFits) {
  for (const Phase phase : {TRAIN, TEST}) {
    const NetOptions options = OptionsWith(5 * kMiB, phase);
    const absl::Status refused = MakeNet(1000, options).status();
    ASSERT_THAT(refused, StatusIs(absl::StatusCode::kResourceExhausted,
                                  AllOf(StartsWith("the net needs "),
                                        HasSubstr("cpu has 5 of "))));
    const int64_t largest = NumberBehind(kLargest, refused.message());
    EXPECT_GT(largest, 1);
    EXPECT_OK(MakeNet(largest, options).status());
    EXPECT_FALSE(MakeNet(largest + 1, options).ok()) << "not the largest";
  }
}

TEST(MemoryCheckTest, CountsMomentumInTrainingAlone) {
  const absl::StatusOr<NetParameter> weights = ParseNetText(R"(
      layer { name: "data" type: "Input" top: "data"
              input_param { shape { dim: 1 dim: 1024 } } }
      layer { name: "fc" type: "InnerProduct" bottom: "data" top: "fc"
              inner_product_param { num_output: 1024 bias_term: false } })",
                                                            "net");
  ASSERT_OK(weights.status());
  EXPECT_THAT(
      MessageOf(Net::Create(*weights, OptionsWith(kMiB, TRAIN)).status()),
      HasSubstr(", 12 MiB for parameters, gradients and momentum and "));
  EXPECT_THAT(
      MessageOf(Net::Create(*weights, OptionsWith(kMiB, TEST)).status()),
      HasSubstr(", 4 MiB for parameters and "));
}

TEST(MemoryCheckTest, NamesABudgetThatFits) {
  ASSERT_OK_AND_ASSIGN(NetParameter parameter,
                       ReadNetFile("tests/small_densenet.prototxt"));
  SetBatchSize(320, &parameter);
  NetOptions options = OptionsWith(1000 * kMiB, TRAIN);
  options.backend.passes.clear();  // so that there is much to recompute
  ASSERT_OK_AND_ASSIGN(const auto whole, Net::Create(parameter, options));
  const int64_t need = whole->memory().plan.total_bytes;
  options.backend.device = std::make_shared<BusyDevice>(need * 9 / 10);
  const absl::Status refused = Net::Create(parameter, options).status();
  const int64_t budget = NumberBehind("--memory_budget=", refused.message());
  ASSERT_EQ(budget, need * 9 / 10 / kMiB) << refused;
  EXPECT_GT(NumberBehind(kLargest, refused.message()), 0) << refused;
  EXPECT_THAT(MessageOf(refused),
              EndsWith("MiB all of it fits, and takes more time"));
  options.memory_budget = budget * kMiB;
  ASSERT_OK_AND_ASSIGN(const auto net, Net::Create(parameter, options));
  EXPECT_GT(net->budget().num_recomputed, 0);

  options.memory_budget = 0;
  options.phase = TEST;
  options.backend.device = std::make_shared<BusyDevice>(kMiB);
  EXPECT_THAT(MessageOf(Net::Create(parameter, options).status()),
              Not(HasSubstr("--memory_budget")))
      << "forward alone keeps nothing";
}

TEST(MemoryCheckTest, SaysThatNothingFits) {
  for (const int64_t free_bytes : {int64_t{1000}, int64_t{30000}}) {
    EXPECT_THAT(MakeNet(2, OptionsWith(free_bytes, TRAIN)),
                StatusIs(absl::StatusCode::kResourceExhausted,
                         AllOf(HasSubstr(" has 0 of "),
                               EndsWith(" MiB free: no batch_size fits"))));
  }
}

TEST(MemoryCheckTest, WhatIsSharedIsThere) {
  const NetOptions train = OptionsWith(5 * kMiB, TRAIN);
  ASSERT_OK_AND_ASSIGN(const auto net, MakeNet(10, train));
  NetOptions full = OptionsWith(0, TEST);
  full.parameters = &net->parameters();
  full.arena = net->arena();
  EXPECT_OK(MakeNet(10, full).status());
  EXPECT_FALSE(MakeNet(1000, full).ok());
}

}  // namespace
}  // namespace tamp
