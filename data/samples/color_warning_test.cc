#include "data/samples/color_warning.h"

#include <cmath>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamp {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ColorWarningTest, CaffesMeans) {
  EXPECT_THAT(ColorWarning({104, 117, 123}),
              AllOf(HasSubstr("104, 117, 123"), HasSubstr("color_order: BGR")));
  EXPECT_THAT(ColorWarning({103.94, 116.78, 123.68}), HasSubstr("103.94"));
  EXPECT_NE(ColorWarning({102.9801, 115.9465, 122.7717}), "");
  EXPECT_NE(ColorWarning({0.406 * 255, 0.456 * 255, 0.485 * 255}), "");
}

TEST(ColorWarningTest, OtherMeans) {
  const std::vector<std::vector<double>> others = {
      {},
      {104},
      {104, 117},
      {123.68, 116.78, 103.94},                    // red first
      {129.3, 124.1, 112.4},                       // CIFAR-10
      {0.4625 * 255, 0.4580 * 255, 0.4295 * 255},  // Imagenette
      {127.5, 127.5, 127.5},
      {104, 117, 123, 0},
      {NAN, NAN, NAN},
  };
  for (const std::vector<double>& means : others) {
    EXPECT_EQ(ColorWarning(means), "");
  }
}

}  // namespace
}  // namespace tamp
