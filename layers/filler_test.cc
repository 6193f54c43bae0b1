#include "layers/filler.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/shape.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

FillerParameter OfType(const std::string& type) {
  FillerParameter filler;
  filler.set_type(type);
  return filler;
}

std::vector<float> Filled(const FillerParameter& filler, const Shape& shape,
                          uint64_t key = 1) {
  EXPECT_OK(ValidateFiller(filler, shape));
  std::vector<float> data(shape.num_elements(), NAN);
  Fill(filler, shape, key, data.data());
  return data;
}

double Mean(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += value;
  return sum / values.size();
}

double Deviation(const std::vector<float>& values) {
  const double mean = Mean(values);
  double sum = 0;
  for (const float value : values) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / values.size());
}

float Min(const std::vector<float>& values) {
  return *std::min_element(values.begin(), values.end());
}

float Max(const std::vector<float>& values) {
  return *std::max_element(values.begin(), values.end());
}

// 64 outputs of 32 inputs with 3 x 3 positions: 18,432 elements.
const Shape kConv = {64, 32, 3, 3};

TEST(FillerTest, FansOfAConvolution) {
  EXPECT_EQ(FansOf(kConv).inputs, 32 * 9);
  EXPECT_EQ(FansOf(kConv).outputs, 64 * 9);
  EXPECT_EQ(FansOf({10, 40}).inputs, 40);
  EXPECT_EQ(FansOf({10, 40}).outputs, 10);
  EXPECT_EQ(FansOf({7}).inputs, 1);
  EXPECT_EQ(FansOf({7}).outputs, 7);
}

TEST(FillerTest, Constant) {
  FillerParameter filler;  // the default type
  filler.set_value(1.5f);
  EXPECT_THAT(Filled(filler, {2, 3}), Each(1.5f));
}

TEST(FillerTest, UniformSpansItsRange) {
  FillerParameter filler = OfType("uniform");
  filler.set_min(-1);
  filler.set_max(3);
  const std::vector<float> values = Filled(filler, kConv);
  EXPECT_GE(Min(values), -1);
  EXPECT_LE(Max(values), 3);
  EXPECT_LT(Min(values), -0.99);
  EXPECT_GT(Max(values), 2.99);
  EXPECT_NEAR(Mean(values), 1, 0.04);
}

TEST(FillerTest, GaussianHasMeanAndStd) {
  FillerParameter filler = OfType("gaussian");
  filler.set_mean(2);
  filler.set_std(0.5f);
  const std::vector<float> values = Filled(filler, kConv);
  EXPECT_NEAR(Mean(values), 2, 0.02);
  EXPECT_NEAR(Deviation(values), 0.5, 0.02);
  EXPECT_GT(Max(values), 2 + 3 * 0.5);  // it has tails
}

TEST(FillerTest, SparseGaussianKeepsItsShare) {
  FillerParameter filler = OfType("gaussian");
  filler.set_sparse(16);  // of 64 outputs: a quarter
  const std::vector<float> values = Filled(filler, kConv);
  const double zeros = std::count(values.begin(), values.end(), 0.0f);
  EXPECT_NEAR(zeros / values.size(), 0.75, 0.02);
  filler.set_sparse(0);
  EXPECT_THAT(Filled(filler, kConv), Each(0));
}

TEST(FillerTest, TruncatedGaussianEndsAtTwoStd) {
  FillerParameter filler = OfType("truncated_gaussian");
  filler.set_mean(1);
  filler.set_std(0.5f);
  const std::vector<float> values = Filled(filler, kConv);
  EXPECT_GE(Min(values), 0);
  EXPECT_LE(Max(values), 2);
  EXPECT_GT(Max(values), 1.95);  // not cut earlier
  EXPECT_NEAR(Mean(values), 1, 0.02);
  // The variance of a normal cut at 2 is 1 - 4 pdf(2) / (2 cdf(2) - 1).
  EXPECT_NEAR(Deviation(values), 0.5 * std::sqrt(0.7737413), 0.01);
}

TEST(FillerTest, XavierAndMsraByVarianceNorm) {
  const double fan_in = 32 * 9, fan_out = 64 * 9;
  const struct {
    FillerParameter::VarianceNorm norm;
    double n;
  } cases[] = {{FillerParameter::FAN_IN, fan_in},
               {FillerParameter::FAN_OUT, fan_out},
               {FillerParameter::AVERAGE, (fan_in + fan_out) / 2}};
  for (const auto& [norm, n] : cases) {
    FillerParameter xavier = OfType("xavier");
    xavier.set_variance_norm(norm);
    const std::vector<float> uniform = Filled(xavier, kConv);
    const double bound = std::sqrt(3 / n);
    EXPECT_GE(Min(uniform), float(-bound));
    EXPECT_LE(Max(uniform), float(bound));
    EXPECT_NEAR(Max(uniform), bound, 0.01 * bound);
    EXPECT_NEAR(Deviation(uniform), std::sqrt(1 / n), 0.02 * std::sqrt(1 / n));

    FillerParameter msra = OfType("msra");
    msra.set_variance_norm(norm);
    const std::vector<float> normal = Filled(msra, kConv);
    const double std = std::sqrt(2 / n);
    EXPECT_NEAR(Deviation(normal), std, 0.02 * std);
    EXPECT_NEAR(Mean(normal), 0, 0.03 * std);
  }
}

TEST(FillerTest, PositiveUnitballAddsToOne) {
  const std::vector<float> values =
      Filled(OfType("positive_unitball"), {5, 3, 2, 2});
  for (int output = 0; output < 5; ++output) {
    double sum = 0;
    for (int i = 0; i < 12; ++i) {
      EXPECT_GE(values[output * 12 + i], 0);
      sum += values[output * 12 + i];
    }
    EXPECT_NEAR(sum, 1, 1e-6);
  }
}

TEST(FillerTest, BilinearByHand) {
  // Side 4 upsamples by 2; in one dimension 1/4 3/4 3/4 1/4.
  const std::vector<float> values = Filled(OfType("bilinear"), {2, 1, 4, 4});
  const float line[] = {0.25f, 0.75f, 0.75f, 0.25f};
  for (int i = 0; i < 32; ++i) {
    EXPECT_FLOAT_EQ(values[i], line[i % 4] * line[i / 4 % 4]);
  }
  // Side 3 also, about a center element.
  EXPECT_THAT(
      Filled(OfType("bilinear"), {1, 1, 3, 3}),
      ElementsAre(0.25f, 0.5f, 0.25f, 0.5f, 1, 0.5f, 0.25f, 0.5f, 0.25f));
}

TEST(FillerTest, IsAFunctionOfTheKey) {
  for (const char* type : {"uniform", "gaussian", "truncated_gaussian",
                           "xavier", "msra", "positive_unitball"}) {
    const FillerParameter filler = OfType(type);
    EXPECT_EQ(Filled(filler, kConv, 5), Filled(filler, kConv, 5)) << type;
    EXPECT_NE(Filled(filler, kConv, 5), Filled(filler, kConv, 6)) << type;
  }
}

TEST(FillerTest, RefusesWhatMakesNoSense) {
  const auto refuses = [](const FillerParameter& filler, const Shape& shape,
                          const std::string& message) {
    EXPECT_THAT(
        ValidateFiller(filler, shape),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message)));
  };
  refuses(OfType("mrsa"), kConv,
          "unknown filler type \"mrsa\"; did you mean \"msra\"?");
  FillerParameter uniform = OfType("uniform");
  uniform.set_min(2);
  refuses(uniform, kConv, "filler has min 2 above max 1");
  FillerParameter gaussian = OfType("gaussian");
  gaussian.set_std(-1);
  refuses(gaussian, kConv, "filler has std -1, it must be at least 0");
  gaussian.set_std(NAN);
  refuses(gaussian, kConv, "filler has std nan");
  gaussian.set_std(1);
  gaussian.set_sparse(65);
  refuses(gaussian, kConv,
          "filler has sparse 65 above the number of outputs, 64");
  refuses(OfType("bilinear"), {1, 1, 3, 4},
          "filler bilinear needs a square kernel of 4 axes, the parameter is "
          "1x1x3x4");
  refuses(OfType("bilinear"), {3, 3}, "the parameter is 3x3");
}

}  // namespace
}  // namespace tamp
